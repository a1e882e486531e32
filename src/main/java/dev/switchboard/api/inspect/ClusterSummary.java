package dev.switchboard.api.inspect;

import dev.switchboard.redis.nodes.NodeReports.Report;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The nodes of a cluster as JSON, with its totals. A node whose report is overdue is gone and
 * counts in no total.
 */
final class ClusterSummary {
  /** Two reports in a row are missing. */
  static final Duration GONE_AFTER = Duration.ofSeconds(9);

  /** States of a store, from best to worst. */
  private static final List<String> STORE_STATES = List.of("up", "degraded", "down");

  private static final List<String> STORES = List.of("redis", "postgres");
  private static final List<String> KINDS = List.of("websocket", "stream", "visitor");

  private final List<Report> reports;
  private final List<Report> present;

  ClusterSummary(List<Report> reports) {
    this.reports = List.copyOf(reports);
    this.present = reports.stream().filter(report -> !isGone(report)).toList();
  }

  private static boolean isGone(Report report) {
    return report.age().compareTo(GONE_AFTER) > 0;
  }

  /** The answer of {@code GET /api/v1/nodes}. */
  JsonObject toJson(Instant now, long usersOnline) {
    JsonArray nodes = new JsonArray();
    reports.forEach(report -> nodes.add(node(report)));
    return new JsonObject()
        .put("at", now.toString())
        .put("totals", totals(usersOnline))
        .put("stores", stores())
        .put("nodes", nodes);
  }

  private static JsonObject node(Report report) {
    JsonObject node = report.content().copy().put("last_seen_at", report.at().toString());
    node.remove("shared");
    return isGone(report) ? node.put("state", "gone") : node;
  }

  private JsonObject totals(long usersOnline) {
    JsonObject totals =
        new JsonObject()
            .put("nodes", present.size())
            .put("sessions", present.stream().mapToLong(ClusterSummary::sessions).sum())
            .put("users_online", usersOnline)
            .put("events_per_second", present.stream().mapToDouble(ClusterSummary::accepted).sum());
    return totals.mergeIn(shared());
  }

  private static long sessions(Report report) {
    JsonObject sessions = report.content().getJsonObject("sessions", new JsonObject());
    return KINDS.stream().mapToLong(kind -> sessions.getLong(kind, 0L)).sum();
  }

  private static double accepted(Report report) {
    return report
        .content()
        .getJsonObject("events_per_second", new JsonObject())
        .getDouble("accepted", 0.0);
  }

  /** Every node measures what all nodes share; the newest report counts. */
  private JsonObject shared() {
    JsonObject unknown =
        new JsonObject()
            .putNull("deliveries_owed")
            .putNull("oldest_due_seconds")
            .putNull("webhooks_failing");
    return present.stream()
        .max(Comparator.comparing(Report::at))
        .map(newest -> unknown.mergeIn(newest.content().getJsonObject("shared", new JsonObject())))
        .orElse(unknown);
  }

  /** A store is as bad as the node says that sees it worst. */
  private JsonObject stores() {
    JsonObject stores = new JsonObject();
    for (String store : STORES) {
      int worst = present.stream().mapToInt(report -> badness(report, store)).max().orElse(0);
      stores.put(store, STORE_STATES.get(worst));
    }
    return stores;
  }

  private static int badness(Report report, String store) {
    Map<String, Object> stores =
        report.content().getJsonObject("stores", new JsonObject()).getMap();
    return Math.max(0, STORE_STATES.indexOf(String.valueOf(stores.get(store))));
  }
}
