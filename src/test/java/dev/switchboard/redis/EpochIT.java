package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.LogId;
import dev.switchboard.event.TenantId;
import dev.switchboard.redis.connection.RedisClients;
import dev.switchboard.sealing.PayloadSeal;
import dev.switchboard.support.TestLimits;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.Waiting;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A log begins a new epoch whenever writes may have been lost, and only then. */
class EpochIT {
  private static final Vertx VERTX = Vertx.vertx();
  private static final LogId LOG = LogId.ofTenant(new TenantId("epochs"));

  @AfterAll
  static void stop() {
    Object unused = get(VERTX.close());
  }

  @Test
  void promotionBeginsANewEpochAndAFirstReplicaDoesNot() {
    try (TestRedis first = TestRedis.start("--databases", "16");
        TestRedis second = TestRedis.start("--databases", "16")) {
      String begun = epoch(first);
      String before = replid(first);

      follow(second, first);
      assertThat(replid(first)).isNotEqualTo(before);
      assertThat(epoch(first)).isEqualTo(begun);

      assertThat(second.cli("REPLICAOF", "NO", "ONE")).isEqualTo("OK");
      String promoted = epoch(second);
      assertThat(promoted).isNotEqualTo(begun);

      follow(first, second);
      assertThat(first.cli("REPLICAOF", "NO", "ONE")).isEqualTo("OK");
      assertThat(epoch(first)).isNotIn(begun, promoted);
    }
  }

  @Test
  void masterThatReturnsBeginsANewEpochEvenWithoutOtherWrites() {
    try (TestRedis first = TestRedis.start("--databases", "16");
        TestRedis second = TestRedis.start("--databases", "16")) {
      String begun = epoch(first);
      follow(second, first);
      assertThat(second.cli("REPLICAOF", "NO", "ONE")).isEqualTo("OK");
      follow(first, second);

      assertThat(first.cli("REPLICAOF", "NO", "ONE")).isEqualTo("OK");

      assertThat(epoch(first)).isNotEqualTo(begun);
    }
  }

  @Test
  void restartBeginsANewEpoch() {
    try (TestRedis redis = TestRedis.start("--databases", "16")) {
      String begun = epoch(redis);
      assertThat(epoch(redis)).isEqualTo(begun);

      redis.kill();
      redis.restart();

      assertThat(epoch(redis)).isNotEqualTo(begun);
    }
  }

  private static void follow(TestRedis replica, TestRedis master) {
    assertThat(replica.cli("REPLICAOF", master.host(), Integer.toString(master.port())))
        .isEqualTo("OK");
    Waiting.until(
        "the replica has its data",
        () -> replica.cli("INFO", "replication").contains("master_link_status:up"));
  }

  private static String replid(TestRedis redis) {
    return redis
        .cli("INFO", "replication")
        .lines()
        .filter(line -> line.startsWith("master_replid:"))
        .findFirst()
        .orElseThrow();
  }

  private static String epoch(TestRedis redis) {
    JsonObject section =
        new JsonObject()
            .put("mode", "standalone")
            .put("timeout", "10s")
            .put("nodes", new JsonArray().add(redis.address()));
    SwitchboardConfig config =
        ConfigLoader.bind("test", new JsonObject().put("redis", section), name -> null);
    RedisCommands commands = new RedisClients(VERTX, config.redis()).commands();
    PayloadSeal seal = new PayloadSeal(config.encryption(), new SimpleMeterRegistry());
    EventLog log =
        new EventLog(
            commands,
            new Keys("callcenter"),
            new EventLog.Bounds(config.logs(), TestLimits.ofDefaults()),
            seal);
    return get(log.read(LOG, null, 1).eventually(commands::close)).top().epoch();
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }
}
