package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestPostgres;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An administrator changes the password or the rights of the ACL user of a running node. */
class LostAccessIT {
  private static final String USER = "limited";

  private static TestRedis redis;
  private static TestNode node;

  @BeforeAll
  static void start() {
    redis = TestRedis.start();
    setUser("on", ">first", "allkeys", "+@all", "&*");
    JsonObject section =
        new JsonObject()
            .put("mode", "standalone")
            .put("nodes", new JsonArray().add(redis.address()))
            .put("user", USER)
            .put("password", "first")
            .put("timeout", "5s");
    JsonObject presence =
        new JsonObject()
            .put("heartbeat", "200ms")
            .put("lease", "1s")
            .put("grace", "100ms")
            .put("reaper", "100ms");
    node =
        TestNode.start(TestNode.config(TestPostgres.create(), section).put("presence", presence));
  }

  @AfterAll
  static void stop() {
    node.close();
    redis.close();
  }

  @BeforeEach
  void awaitWorking() {
    setUser("resetpass", ">first", "+@all");
    Waiting.until("Redis works", () -> health().equals("up"));
  }

  private static void setUser(String... rules) {
    List<String> command = new ArrayList<>(List.of("ACL", "SETUSER", USER));
    command.addAll(List.of(rules));
    assertThat(redis.cli(command.toArray(String[]::new))).isEqualTo("OK");
  }

  private static JsonObject ready() {
    return new JsonObject(node.manage("/health/ready").body());
  }

  private static String health() {
    return ready().getJsonObject("stores").getString("redis");
  }

  private static String problem() {
    return ready().getJsonObject("problems", new JsonObject()).getString("redis", "");
  }

  private static WsClient supervisor(String tenant) {
    WsClient session = WsClient.signIn(node, TestTokens.user(tenant, "1", "supervisor"));
    assertThat(session.next("presence.online")).isNotNull();
    return session;
  }

  private static JsonObject alert(String tenant) {
    return new JsonObject().put("tenant_id", tenant).put("type", "alert").put("payload", 1);
  }

  /** Whether the user was told offline: an event that follows comes first. */
  private static void assertNobodyWasToldOffline(String tenant, WsClient session) {
    String id = node.publish(alert(tenant)).getString("id");
    JsonObject message = session.next();
    while (!message.getString("type").equals("alert")) {
      assertThat(message.getString("type")).isNotEqualTo("presence.offline");
      message = session.next();
    }
    assertThat(message.getString("id")).isEqualTo(id);
  }

  @Test
  void changedPasswordIsReportedBeforeAConnectionIsLostAndNobodyIsToldOffline() {
    try (WsClient session = supervisor("rotated")) {
      setUser("resetpass", ">second");

      Waiting.until("health says so", () -> health().equals("degraded"));
      assertThat(problem()).contains("redis.password", "connections that are open still work");
      session.ping();

      String unused = redis.cli("CLIENT", "KILL", "USER", USER);
      assertThat(session.next("degraded")).isNotNull();
      assertThat(
              node.post("/api/v1/events", alert("rotated").encode(), TestTokens.service())
                  .statusCode())
          .isEqualTo(503);
      setUser("resetpass", ">first");
      assertThat(session.next("restored")).isNotNull();
      Waiting.until("health says so", () -> health().equals("up"));
      assertNobodyWasToldOffline("rotated", session);
    }
  }

  @Test
  void missingRightIsReportedAndNobodyIsToldOffline() {
    try (WsClient session = supervisor("denied")) {
      setUser("-evalsha", "-eval");

      Waiting.until("health names the rule", () -> problem().contains("+evalsha"));
      assertThat(session.next("degraded")).isNotNull();
      assertThat(health()).isEqualTo("degraded");

      setUser("+@all");
      assertThat(session.next("restored")).isNotNull();
      assertNobodyWasToldOffline("denied", session);
    }
  }
}
