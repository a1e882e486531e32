package dev.switchboard.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.RedisRefusedException;
import dev.switchboard.redis.Reply;
import dev.switchboard.support.Replies;
import io.vertx.core.Future;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers each command with the next line of an input, which is JSON: a text, a whole number, null
 * for nil, or an array for a list. Lines that are not JSON are texts. Behind the last line every
 * command is refused.
 */
public final class AnsweringRedis implements RedisCommands {
  private final Iterator<String> lines;

  /** Answers with the lines of an input, from the first one on. */
  public AnsweringRedis(byte[] input) {
    this.lines = FuzzTarget.text(input).lines().iterator();
  }

  /**
   * The result of a call that has got all its answers; null if it failed.
   *
   * <p>Its future must be complete, and must not have failed with an {@link Error}.
   */
  public static <T> @Nullable T result(Future<T> call) {
    assertThat(call.isComplete()).isTrue();
    if (call.succeeded()) {
      return call.result();
    }
    assertThat(call.cause()).isInstanceOf(Exception.class);
    return null;
  }

  /** The answer that one line is. */
  public static Reply reply(String line) {
    try {
      return Replies.of(values(Json.decodeValue(line)));
    } catch (DecodeException text) {
      return Replies.of(line);
    }
  }

  private static @Nullable Object values(@Nullable Object json) {
    if (json instanceof JsonArray array) {
      return array.stream().map(AnsweringRedis::values).toArray();
    }
    if (json instanceof Integer || json instanceof Long || json == null) {
      return json;
    }
    return json instanceof JsonObject object ? object.encode() : json.toString();
  }

  @Override
  public Future<Reply> send(String command, List<?> arguments) {
    return lines.hasNext()
        ? Future.succeededFuture(reply(lines.next()))
        : Future.failedFuture(new RedisRefusedException("the input has no more answers"));
  }

  @Override
  public <T> Future<T> replicated(String key, Future<T> write) {
    return write;
  }

  @Override
  public Future<Integer> publishEverywhere(String channel, String message) {
    return Future.succeededFuture(1);
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
