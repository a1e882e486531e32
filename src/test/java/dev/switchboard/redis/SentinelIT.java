package dev.switchboard.redis;

import static dev.switchboard.redis.WholePath.await;
import static dev.switchboard.redis.WholePath.awaitReload;
import static dev.switchboard.redis.WholePath.publishWhenPossible;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.RedisConfig;
import dev.switchboard.redis.connection.RedisClients;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestPostgres;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.TestSentinels;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A node on a master that three sentinels watch, through every way in which the master changes. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SentinelIT {
  private static TestSentinels redis;
  private static TestNode node;

  @BeforeAll
  static void start() {
    redis = TestSentinels.start(2);
    JsonObject config = TestNode.config(TestPostgres.create(), section());
    node = TestNode.start(config);
  }

  static JsonObject section() {
    return new JsonObject()
        .put("mode", "sentinel")
        .put("nodes", redis.nodes())
        .put("masterName", TestSentinels.NAME)
        .put("password", TestSentinels.PASSWORD)
        .put("sentinelPassword", TestSentinels.SENTINEL_PASSWORD)
        .put("waitReplicas", 1)
        .put("timeout", "4s");
  }

  @AfterAll
  static void stop() {
    node.close();
    redis.close();
  }

  @BeforeEach
  void awaitStandby() {
    redis.awaitStandby();
  }

  @Test
  @Order(0)
  void eventIsAnsweredWhenAReplicaHasIt() {
    String channel = publishWhenPossible(node, "replicated").getString("channel");
    assertThat(channel).isNotEmpty();
    assertThat(redis.master().cli("INFO", "commandstats")).contains("cmdstat_wait:");
  }

  @Test
  @Order(1)
  void silentSentinelDelaysNothing() throws Exception {
    JsonObject patient = new JsonObject().put("redis", section().put("timeout", "60s"));
    RedisConfig config = ConfigLoader.bind("test", patient, name -> null).redis();
    Vertx vertx = Vertx.vertx();
    redis.lastSentinel().freeze();
    try {
      List<String> warnings =
          new RedisClients(vertx, config)
              .examine()
              .toCompletionStage()
              .toCompletableFuture()
              .get(40, TimeUnit.SECONDS);
      assertThat(warnings).isEmpty();
    } finally {
      redis.lastSentinel().thaw();
      Object unused = vertx.close();
    }
  }

  @Test
  @Order(1)
  void everythingWorks() {
    new WholePath(node, "whole").assertEverythingWorks();
  }

  @Test
  @Order(4)
  void killedMasterIsReportedAndItsReplicaTakesOver() {
    WsClient client = WsClient.signIn(node, TestTokens.user("killed", "1"));
    JsonObject before = publishWhenPossible(node, "killed");
    assertThat(await(client, "alert").getString("id")).isEqualTo(before.getString("id"));
    redis.master().kill();
    assertThat(await(client, "degraded")).isNotNull();
    // Replication is asynchronous, so the log of the promoted replica may be incomplete.
    awaitReload(client);
    String after = publishWhenPossible(node, "killed").getString("id");
    assertThat(await(client, "alert").getString("id")).isEqualTo(after);
    WsClient resumed = WsClient.signIn(node, path(before), TestTokens.user("killed", "2"));
    assertThat(resumed.connected().getBoolean("recovered")).isFalse();
  }

  @Test
  @Order(5)
  void failoverEndsNoSessionAndKeepsTheInbox() {
    WsClient boss = WsClient.signIn(node, TestTokens.user("kept", "boss", "supervisor"));
    WsClient agent = WsClient.signIn(node, TestTokens.user("kept", "agent"));
    JsonObject unused = publishWhenPossible(node, "kept");
    Waiting.until("both are online", () -> areOnline("agent", "boss"));
    JsonObject waiting =
        node.publish(
            new JsonObject()
                .put("tenant_id", "kept")
                .put("type", "notification")
                .put("user_id", "away")
                .put("payload", "for later"));
    Waiting.until("every replica has it", SentinelIT::keepsForTheAbsent);
    TestRedis killed = redis.master();
    killed.kill();
    assertThat(await(agent, "degraded")).isNotNull();
    // An event published before this may be among those that clients have to reload.
    awaitReload(agent);
    String last = publishWhenPossible(node, "kept").getString("id");
    Waiting.until("another is master", () -> redis.master().port() != killed.port());
    Waiting.until("the set of online users is right", () -> areOnline("agent", "boss"));
    Waiting.until(
        "the heartbeat is seen",
        () -> redis.master().cli("EXISTS", "callcenter:presence:kept:agent").equals("1"));
    for (JsonObject heard = boss.next(); !last.equals(heard.getString("id")); heard = boss.next()) {
      assertThat(heard.getString("type")).isNotEqualTo("presence.offline");
    }
    WsClient away = WsClient.signIn(node, TestTokens.user("kept", "away"));
    assertThat(away.next("notification").getString("event_id"))
        .isEqualTo(waiting.getString("event_id"));
  }

  /** Replication is asynchronous, and a replica that lags may be the one promoted. */
  private static boolean keepsForTheAbsent() {
    return redis.servers().stream()
        .filter(TestRedis::answers)
        .allMatch(server -> server.cli("EXISTS", "callcenter:offline:kept:away").equals("1"));
  }

  private static boolean areOnline(String... users) {
    String key = "callcenter:online:kept";
    return redis.master().cli("SCARD", key).equals(String.valueOf(users.length))
        && Arrays.stream(users)
            .allMatch(user -> redis.master().cli("SISMEMBER", key, user).equals("1"));
  }

  private static String path(JsonObject accepted) {
    return "/ws?after=" + accepted.getString("id");
  }

  @Test
  @Order(3)
  void frozenMasterThatContinuesGetsNoMoreWrites() {
    WsClient client = WsClient.signIn(node, TestTokens.user("frozen", "1"));
    JsonObject unused = publishWhenPossible(node, "frozen");
    TestRedis frozen = redis.master();
    frozen.freeze();
    assertThat(await(client, "degraded")).isNotNull();
    awaitReload(client);
    Waiting.until("another is master", () -> redis.master().port() != frozen.port());
    frozen.thaw();
    JsonObject after = publishWhenPossible(node, "frozen");
    assertThat(await(client, "alert").getString("id")).isEqualTo(after.getString("id"));
    assertThat(redis.master().cli("XRANGE", "switchboard:log:{frozen}", "-", "+"))
        .contains(after.getString("event_id"));
  }

  @Test
  @Order(2)
  void orderedHandoverIsFollowed() {
    WsClient client = WsClient.signIn(node, TestTokens.user("handover", "1"));
    JsonObject unused = publishWhenPossible(node, "handover");
    int before = redis.master().port();
    // On a busy machine the sentinels may abort the failover; then it is requested again.
    Waiting.until(
        "another is master",
        Duration.ofSeconds(90),
        () -> {
          if (redis.master().port() != before) {
            return true;
          }
          String ignored = redis.sentinel().cli("SENTINEL", "FAILOVER", TestSentinels.NAME);
          return false;
        });
    assertThat(await(client, "resync")).isNotNull();
    String after = publishWhenPossible(node, "handover").getString("id");
    assertThat(await(client, "alert").getString("id")).isEqualTo(after);
  }
}
