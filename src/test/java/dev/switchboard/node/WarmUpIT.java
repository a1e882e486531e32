package dev.switchboard.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.Waiting;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a warm-up does, and that nothing of it remains. */
class WarmUpIT {
  private static final String NOTHING = "[]";
  private static final Duration LONG = Duration.ofMinutes(2);

  @RegisterExtension static final Stores stores = new Stores();

  private static final Vertx vertx = Vertx.vertx();

  private TestRedis redis;

  @BeforeEach
  void startRedis() {
    redis = TestRedis.start("--loglevel", "warning");
  }

  @AfterEach
  void stopRedis() {
    redis.close();
  }

  @AfterAll
  static void closeVertx() {
    succeeded(vertx.close());
  }

  @Test
  void leavesNoTraceOfItself() {
    try (TestNode node = TestNode.startJar(config("3s"))) {
      String metrics = node.manage("/metrics").body();

      assertThat(node.output()).anyMatch(line -> line.contains("WarmUp - Warmed up"));
      assertThat(keys("*warmup*")).isEqualTo(NOTHING);
      assertThat(keys("switchboard:log*")).isEqualTo(NOTHING);
      assertThat(keys("callcenter:*")).isEqualTo(NOTHING);
      assertThat(metrics)
          .contains("switchboard_events_total{outcome=\"ACCEPTED\"} 0.0")
          .contains("switchboard_events_acceptance_seconds_count 0");
      assertThat(stores.postgres().value("SELECT count(*) FROM webhook_deliveries")).isEqualTo("0");
    }
  }

  @Test
  void publishesEventsAndOpensSockets() {
    // Given
    WarmUpNode node = new WarmUpNode(bound("120s"), Clock.systemUTC());

    // When
    Future<Void> running = node.run(LONG);
    Waiting.until("events are accepted", LONG, () -> node.counts().accepted() > 0);
    Waiting.until("sockets receive them", LONG, () -> node.counts().sockets() > 1);
    node.end();

    // Then
    succeeded(running);
    assertThat(keys("*warmup*")).isEqualTo(NOTHING);
  }

  @Test
  void endsWhenTheNodeIsStopped() {
    // Given
    WarmUp warmUp = warmUp("120s");
    Future<Void> running = warmUp.run();
    Waiting.until("events are published", () -> !keys("switchboard:log:*").equals(NOTHING));

    // When
    succeeded(warmUp.stop());

    // Then
    succeeded(running);
    assertThat(keys("*warmup*")).isEqualTo(NOTHING);
  }

  @Test
  void doesNotBeginOnceTheNodeIsStopped() {
    // Given
    WarmUp warmUp = warmUp("120s");
    succeeded(warmUp.stop());

    // When
    Future<Void> running = warmUp.run();

    // Then
    assertThat(running.succeeded()).isTrue();
    assertThat(redis.cli("INFO", "commandstats")).doesNotContain("cmdstat_evalsha");
  }

  @Test
  void delaysTheStartByItsLimitAtMostIfRedisDoesNotAnswer() {
    // Given
    WarmUp warmUp = warmUp("1s");
    redis.freeze();

    // When
    Future<Void> running = warmUp.run();

    // Then
    succeeded(running);
    redis.thaw();
    succeeded(warmUp.stop());
  }

  @Test
  void doesNothingWithoutTime() {
    assertThat(warmUp("0s").run().succeeded()).isTrue();
  }

  private String keys(String pattern) {
    return redis.cli("KEYS", pattern);
  }

  private WarmUp warmUp(String limit) {
    return new WarmUp(vertx, bound(limit), Clock.systemUTC());
  }

  private SwitchboardConfig bound(String limit) {
    return ConfigLoader.bind("test", config(limit), name -> null);
  }

  private JsonObject config(String limit) {
    JsonObject config = TestNode.config(stores);
    config.put("node", new JsonObject().put("warmup", limit));
    config.getJsonObject("redis").put("nodes", new JsonArray().add(redis.address()));
    return config;
  }

  private static void succeeded(Future<?> future) {
    assertThat(future.toCompletionStage().toCompletableFuture())
        .succeedsWithin(60, TimeUnit.SECONDS);
  }
}
