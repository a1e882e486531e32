package dev.switchboard.redis;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.ErrorType;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one pipelined connection and makes a new one after a loss.
 *
 * <p>The client library has no command timeout: a frozen server would hold calls for ever and late
 * answers would pile up. So each call is timed, and a connection that missed one is dropped; what
 * else was under way on it ends as outcome unknown. Belongs to one event loop.
 */
final class RedisConnectionKeeper implements RedisCommands {
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(100);
  private static final Map<String, Command> COMMANDS = new ConcurrentHashMap<>();

  private final Vertx vertx;
  private final RedisOptions options;
  private final Duration timeout;
  private final int maxUnanswered;
  private Redis client;
  private @Nullable Future<RedisConnection> connection;
  private long pauseUntil;
  private int unanswered;
  private boolean closed;

  RedisConnectionKeeper(Vertx vertx, RedisOptions options, Duration timeout, int maxUnanswered) {
    this.vertx = vertx;
    this.options = options;
    this.client = Redis.createClient(vertx, options);
    this.timeout = timeout;
    this.maxUnanswered = maxUnanswered;
  }

  @Override
  public Future<Reply> send(String command, List<?> arguments) {
    if (closed) {
      return Future.failedFuture(new RedisRefusedException("the connection was closed"));
    }
    if (unanswered >= maxUnanswered) {
      return Future.failedFuture(
          new RedisRefusedException(maxUnanswered + " commands wait for Redis already"));
    }
    Request request = request(command, arguments);
    unanswered++;
    return connected().compose(live -> answer(live, request)).onComplete(done -> unanswered--);
  }

  private static Request request(String command, List<?> arguments) {
    Request request =
        Request.cmd(
            COMMANDS.computeIfAbsent(
                command, name -> Command.create(name.toUpperCase(Locale.ROOT))));
    for (Object argument : arguments) {
      if (argument instanceof byte[] bytes) {
        request.arg(Buffer.buffer(bytes));
      } else if (argument instanceof Number number) {
        request.arg(number.longValue());
      } else {
        request.arg(argument.toString());
      }
    }
    return request;
  }

  private Future<RedisConnection> connected() {
    if (connection != null) {
      return connection;
    }
    if (System.nanoTime() < pauseUntil) {
      return Future.failedFuture(new RedisRefusedException("Redis is out of reach"));
    }
    Future<RedisConnection> attempt =
        client
            .connect()
            .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
            .recover(
                failure -> {
                  connection = null;
                  renewClient();
                  pauseUntil = System.nanoTime() + PAUSE_AFTER_FAILURE.toNanos();
                  return Future.failedFuture(
                      new RedisRefusedException("Redis is out of reach", failure));
                })
            .onSuccess(this::watch);
    connection = attempt.isComplete() && attempt.failed() ? null : attempt;
    return attempt;
  }

  private void watch(RedisConnection live) {
    live.exceptionHandler(failure -> drop(live));
    live.endHandler(ended -> drop(live));
  }

  private void drop(RedisConnection lost) {
    if (connection != null && connection.result() == lost) {
      connection = null;
      renewClient();
    }
  }

  /**
   * Closes the socket for certain. To close the connection would only put it back into the client's
   * pool, frozen as it is; one that never came about would keep its place there for ever.
   */
  private void renewClient() {
    if (closed) {
      return;
    }
    Redis old = client;
    client = Redis.createClient(vertx, options);
    old.close().onFailure(ignored -> {});
  }

  private Future<Reply> answer(RedisConnection live, Request request) {
    return live.send(request)
        .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .map((@Nullable Response response) -> new Reply(response))
        .recover(failure -> Future.failedFuture(classify(live, failure)));
  }

  private RuntimeException classify(RedisConnection live, Throwable failure) {
    if (failure instanceof ErrorType error) {
      return error.is("NOSCRIPT")
          ? new NoScriptException(error)
          : new RedisRefusedException("Redis refused: " + error.getMessage(), error);
    }
    drop(live);
    String words =
        failure instanceof TimeoutException
            ? "no answer from Redis within " + timeout.toMillis() + " ms"
            : "the connection to Redis broke";
    return new RedisOutcomeUnknownException(words, failure);
  }

  @Override
  public Future<Void> close() {
    closed = true;
    return client.close();
  }
}
