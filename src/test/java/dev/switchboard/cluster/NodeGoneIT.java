package dev.switchboard.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A node that dies without a word is named silent, then gone, and then forgotten. The time until
 * then is not waited for: its last report is made older.
 */
class NodeGoneIT {
  private static final String REPORT = "switchboard:node-report:victim";

  @RegisterExtension static final Stores stores = new Stores();

  @Test
  void killedNodeIsSilentThenGoneThenForgotten() {
    try (TestNode left = TestNode.start(named("left"));
        TestNode victim = TestNode.startJar(named("victim"));
        WsClient socket = WsClient.signIn(left, TestTokens.user("mine", "u"))) {
      assertThat(socket.connected()).isNotNull();
      awaitStates(left, "left ready", "victim ready");

      victim.kill();

      JsonObject sessions =
          new JsonObject(
              left.get("/api/v1/tenants/mine/users/u/sessions", TestTokens.service()).body());
      assertThat(sessions.getJsonArray("sessions")).hasSize(1);
      assertThat(sessions.getJsonArray("silent_nodes")).containsExactly("victim");
      ageReport(Duration.ofSeconds(10));
      awaitStates(left, "left ready", "victim gone");
      assertThat(
              new JsonObject(left.get("/api/v1/nodes", TestTokens.service()).body())
                  .getJsonObject("totals")
                  .getInteger("nodes"))
          .isEqualTo(1);
      assertThat(millisUntilForgotten()).isBetween(1L, 15_000L);
      endReport();
      awaitStates(left, "left ready");
    }
  }

  /** Makes the victim's last report older, as if that much time had passed. */
  private static void ageReport(Duration by) {
    JsonObject report = new JsonObject(stores.redis().cli("get", REPORT));
    report.put("reported_at_ms", report.getLong("reported_at_ms") - by.toMillis());
    assertThat(stores.redis().cli("set", REPORT, report.encode(), "KEEPTTL")).isEqualTo("OK");
  }

  private static long millisUntilForgotten() {
    return Long.parseLong(stores.redis().cli("pttl", REPORT));
  }

  /** Lets the rest of its lifetime pass. */
  private static void endReport() {
    assertThat(stores.redis().cli("pexpire", REPORT, "1")).isEqualTo("1");
    Waiting.until("the report has ended", () -> stores.redis().cli("exists", REPORT).equals("0"));
  }

  private static JsonObject named(String name) {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("node").put("name", name);
    return config;
  }

  /** An answer may be some seconds old. */
  private static void awaitStates(TestNode asked, String... expected) {
    Waiting.until(
        "the nodes are " + List.of(expected), () -> states(asked).equals(List.of(expected)));
  }

  private static List<String> states(TestNode asked) {
    JsonObject nodes = new JsonObject(asked.get("/api/v1/nodes", TestTokens.service()).body());
    List<String> states = new ArrayList<>();
    for (Object node : nodes.getJsonArray("nodes")) {
      JsonObject one = (JsonObject) node;
      states.add(one.getString("name") + " " + one.getString("state"));
    }
    return states;
  }
}
