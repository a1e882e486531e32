package dev.switchboard.support;

import dev.switchboard.redis.Reply;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.BulkType;
import io.vertx.redis.client.impl.types.MultiType;
import io.vertx.redis.client.impl.types.NumberType;
import org.jspecify.annotations.Nullable;

/** Answers of Redis, for tests without one. */
public final class Replies {
  private Replies() {}

  /** The answer that is made of nulls, texts, numbers and arrays of these. */
  public static Reply of(@Nullable Object value) {
    return new Reply(response(value));
  }

  /** The answer that is a list of such values. */
  public static Reply list(@Nullable Object... values) {
    return new Reply(response(values));
  }

  private static @Nullable Response response(@Nullable Object value) {
    if (value instanceof Object[] values) {
      MultiType list = MultiType.create(values.length, false);
      for (Object one : values) {
        list.add(response(one));
      }
      return list;
    }
    if (value instanceof Number number) {
      return NumberType.create(number);
    }
    return value == null ? null : BulkType.create(Buffer.buffer(value.toString()), false);
  }
}
