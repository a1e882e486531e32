package dev.switchboard.redis.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.RedisConfig;
import dev.switchboard.redis.RedisProblemException;
import dev.switchboard.redis.RedisRefusedException;
import dev.switchboard.redis.connection.Dialer.Peer;
import dev.switchboard.support.TestRedis;
import dev.switchboard.time.StoreCalls;
import dev.switchboard.time.Ticker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A call ends even without a connection, and no failure contains the password. */
class CommandConnectionIT {
  private static final Vertx VERTX = Vertx.vertx();
  private static final String PASSWORD = "never-to-be-shown";

  private static TestRedis redis;
  private static Dialer dialer;

  @BeforeAll
  static void start() {
    redis = TestRedis.start("--requirepass", PASSWORD);
    JsonObject section =
        new JsonObject()
            .put("mode", "standalone")
            .put("password", PASSWORD)
            .put("timeout", "10s")
            .put("nodes", new JsonArray().add(redis.address()));
    RedisConfig config =
        ConfigLoader.bind("test", new JsonObject().put("redis", section), name -> null).redis();
    dialer = new Dialer(VERTX, config, Peer.SERVER);
  }

  @AfterAll
  static void stop() {
    Object unused = get(VERTX.close());
    redis.close();
  }

  @Test
  void callIsRefusedIfTheServerIsNotFound() {
    get(dialer.dial(ServerAddress.parse(redis.address()))).close();
    Promise<ServerAddress> never = Promise.promise();
    CommandConnection connection =
        new CommandConnection(
            dialer,
            never::future,
            Duration.ofMillis(100),
            Ticker.SYSTEM,
            new StoreCalls("redis", new SimpleMeterRegistry()));

    assertThat(failure(connection.send("ping", List.of())))
        .isExactlyInstanceOf(RedisRefusedException.class)
        .hasMessageContaining("no connection");

    connection.close();
  }

  @Test
  void unusableHostNameIsReportedWithoutThePassword() {
    Throwable failure = failure(dialer.dial(new ServerAddress("my_redis", 6379)));

    assertThat(failure)
        .isInstanceOf(RedisProblemException.class)
        .hasMessageStartingWith("Redis at my_redis:6379 has an unusable host name");
    StringWriter everything = new StringWriter();
    failure.printStackTrace(new PrintWriter(everything));
    assertThat(everything.toString()).doesNotContain(PASSWORD);
  }

  private static Throwable failure(Future<?> future) {
    Future<Throwable> failed = future.transform(done -> Future.succeededFuture(done.cause()));
    return get(failed);
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }
}
