package dev.switchboard.redis;

import static java.util.Objects.requireNonNull;

import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer of Redis, read by whoever knows its shape. */
public final class Reply {
  private final @Nullable Response response;

  public Reply(@Nullable Response response) {
    this.response = response;
  }

  /** Whether Redis answered nil. */
  public boolean isNil() {
    return response == null;
  }

  /** Whether it has parts. */
  boolean isList() {
    return response != null && response.type() == ResponseType.MULTI;
  }

  /** As text. */
  public String text() {
    return requireNonNull(response, "Redis answered nil").toString();
  }

  /** As a whole number. */
  public long number() {
    return requireNonNull(requireNonNull(response, "Redis answered nil").toLong());
  }

  /** As the bytes sent. */
  public byte[] bytes() {
    return requireNonNull(response, "Redis answered nil").toBytes();
  }

  /** The part at an index of a list. */
  public Reply at(int index) {
    return new Reply(requireNonNull(response, "Redis answered nil").get(index));
  }

  /** Number of parts of a list. */
  public int size() {
    return requireNonNull(response, "Redis answered nil").size();
  }

  /** The parts of a list; nil is an empty one. */
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
