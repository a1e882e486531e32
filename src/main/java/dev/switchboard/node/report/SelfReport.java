package dev.switchboard.node.report;

import dev.switchboard.ops.Health;
import dev.switchboard.redis.nodes.NodeReports;
import dev.switchboard.time.RepeatingTask;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Schedule;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;

/**
 * Reports this node to operators every few seconds, from when it is ready until it stops. Belongs
 * to the event loop that starts it.
 */
public final class SelfReport {
  private static final Duration PERIOD = Duration.ofSeconds(4);
  private static final Duration UNTIL_READY = Duration.ofMillis(200);
  private static final Duration LAG_SAMPLES = Duration.ofMillis(500);

  private final NodeReports reports;
  private final Node node;
  private final Health health;
  private final Measures measures;
  private final LoopLag lag;
  private final RepeatingTask reporting;
  private final RepeatingTask sampling;
  private volatile boolean reported;

  /**
   * The node that reports.
   *
   * @param name in logs and in Redis
   */
  public record Node(String name, Instant startedAt) {
    /** The version the jar was built as. */
    static String version() {
      String version = SelfReport.class.getPackage().getImplementationVersion();
      return version == null ? "development" : version;
    }
  }

  /** What a report consists of. */
  public record Sources(Health health, Measures measures, LoopLag lag) {}

  /** Reports {@code node} to {@code reports}. */
  public SelfReport(RepeatingTasks tasks, NodeReports reports, Node node, Sources sources) {
    this.reports = reports;
    this.node = node;
    this.health = sources.health();
    this.measures = sources.measures();
    this.lag = sources.lag();
    this.reporting =
        tasks.task(
            "node-report",
            Schedule.every(() -> reported ? PERIOD : UNTIL_READY).withJitter(0.1),
            this::report);
    this.sampling = tasks.action("loop-lag", Schedule.every(LAG_SAMPLES), lag::sample);
  }

  /** Begins to report. */
  public void start() {
    reporting.start();
    sampling.start();
  }

  private Future<Void> report() {
    if (!health.isReady() && !health.isDraining()) {
      return Future.succeededFuture();
    }
    reported = true;
    return reports.report(node.name(), content());
  }

  private JsonObject content() {
    JsonArray problems = new JsonArray();
    health
        .problems()
        .forEach(problem -> problems.add(problem.getKey() + ": " + problem.getValue()));
    JsonObject report =
        new JsonObject()
            .put("name", node.name())
            .put("version", Node.version())
            .put("started_at", node.startedAt().toString())
            .put("state", state());
    return measures
        .addTo(report)
        .put("loop_lag_ms", lag.takeMillis())
        .put("stores", health.storeStates())
        .put("problems", problems)
        .put("shared", measures.shared());
  }

  private String state() {
    if (health.isDraining()) {
      return "draining";
    }
    return health.isWhole() ? "ready" : "degraded";
  }

  /** Stops, and withdraws the report. */
  public Future<Void> stop() {
    reporting.stop();
    sampling.stop();
    return reports.forget(node.name());
  }
}
