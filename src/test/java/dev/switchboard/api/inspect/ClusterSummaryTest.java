package dev.switchboard.api.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.redis.nodes.NodeReports.Report;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Totals are those of the nodes that still report; what is not known is null. */
class ClusterSummaryTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

  @Test
  void nodeWhoseReportsAreMissingIsGoneAndCountsNoMore() {
    JsonObject summary = summary(report("a", 1, 3, "up", 7), report("b", 10, 100, "down", 900));

    assertThat(summary.getJsonObject("totals").getInteger("nodes")).isEqualTo(1);
    assertThat(summary.getJsonObject("totals").getLong("sessions")).isEqualTo(3);
    assertThat(summary.getJsonObject("totals").getLong("deliveries_owed")).isEqualTo(7);
    assertThat(summary.getJsonObject("totals").getLong("users_online")).isEqualTo(42);
    assertThat(summary.getJsonObject("stores").getString("redis")).isEqualTo("up");
    assertThat(states(summary)).containsExactly("ready", "gone");
  }

  @Test
  void newestReportSaysWhatAllNodesShareAndTheWorstOneHowStoresAre() {
    JsonObject summary =
        summary(
            report("a", 4, 1, "up", 5),
            report("b", 1, 1, "up", 6),
            report("c", 2, 1, "degraded", 7));

    assertThat(summary.getJsonObject("totals").getLong("deliveries_owed")).isEqualTo(6);
    assertThat(summary.getJsonObject("totals").getDouble("events_per_second")).isEqualTo(4.5);
    assertThat(summary.getJsonObject("stores").getString("redis")).isEqualTo("degraded");
    assertThat(summary.getJsonArray("nodes").getJsonObject(0).containsKey("shared")).isFalse();
  }

  @Test
  void withoutReportsNothingIsKnown() {
    JsonObject totals = summary().getJsonObject("totals");

    assertThat(totals.getInteger("nodes")).isZero();
    assertThat(totals.containsKey("deliveries_owed")).isTrue();
    assertThat(totals.getValue("deliveries_owed")).isNull();
  }

  private static JsonObject summary(Report... reports) {
    return new ClusterSummary(List.of(reports)).toJson(NOW, 42);
  }

  private static Report report(String node, int age, int sockets, String redis, int owed) {
    return new Report(
        node,
        NOW.minusSeconds(age),
        Duration.ofSeconds(age),
        new JsonObject()
            .put("name", node)
            .put("state", "ready")
            .put("sessions", new JsonObject().put("websocket", sockets))
            .put("events_per_second", new JsonObject().put("accepted", 1.5))
            .put("stores", new JsonObject().put("redis", redis).put("postgres", "up"))
            .put("shared", new JsonObject().put("deliveries_owed", owed)));
  }

  private static List<Object> states(JsonObject summary) {
    return summary.getJsonArray("nodes").stream()
        .map(node -> ((JsonObject) node).getValue("state"))
        .toList();
  }
}
