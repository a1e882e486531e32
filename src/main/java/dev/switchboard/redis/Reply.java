package dev.switchboard.redis;

import static java.util.Objects.requireNonNull;

import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer of Redis. Its reader knows the type; reading it as another type throws. */
public final class Reply {
  private final @Nullable Response response;

  public Reply(@Nullable Response response) {
    this.response = response;
  }

  /** Whether Redis answered nil. */
  public boolean isNil() {
    return response == null;
  }

  boolean isList() {
    return response != null && response.type() == ResponseType.MULTI;
  }

  public String text() {
    return requireNonNull(response, "Redis answered nil").toString();
  }

  /** The answer as a whole number. */
  public long number() {
    return requireNonNull(requireNonNull(response, "Redis answered nil").toLong());
  }

  public byte[] bytes() {
    return requireNonNull(response, "Redis answered nil").toBytes();
  }

  /** One element of a list. */
  public Reply at(int index) {
    return new Reply(requireNonNull(response, "Redis answered nil").get(index));
  }

  /** Number of elements of a list. */
  public int size() {
    return requireNonNull(response, "Redis answered nil").size();
  }

  /** The elements of a list; nil counts as an empty list. */
  public List<Reply> list() {
    List<Reply> parts = new ArrayList<>();
    if (response != null) {
      for (Response part : response) {
        parts.add(new Reply(part));
      }
    }
    return parts;
  }
}
