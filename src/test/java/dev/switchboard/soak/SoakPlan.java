package dev.switchboard.soak;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * How long a run is. Without system properties it takes about a minute; {@code scripts/soak} sets
 * them.
 *
 * @param churn how long each period of use lasts
 * @param quiet how long after a period the node may need to let go of everything
 * @param points number of periods after the first one, each with a measurement at its end
 * @param workers clients that are busy at the same time
 */
record SoakPlan(Duration churn, Duration quiet, int points, int workers, long seed) {
  private static final int SHORT_POINTS = 2;
  private static final int LONG_POINTS = 12;
  private static final Duration LONG_QUIET = Duration.ofSeconds(30);

  /** The plan that the system properties ask for. */
  static SoakPlan given() {
    int minutes = Integer.getInteger("switchboard.soak.minutes", 0);
    int workers = Integer.getInteger("switchboard.soak.workers", 8);
    long seed = Long.getLong("switchboard.soak.seed", 20261129L);
    if (minutes == 0) {
      return new SoakPlan(
          Duration.ofSeconds(4), Duration.ofSeconds(25), SHORT_POINTS, workers, seed);
    }
    Duration period = Duration.ofMinutes(minutes).dividedBy(LONG_POINTS + 1);
    Duration shortest = Duration.ofSeconds(5);
    Duration churn = period.minus(Duration.ofSeconds(15));
    return new SoakPlan(
        churn.compareTo(shortest) < 0 ? shortest : churn, LONG_QUIET, LONG_POINTS, workers, seed);
  }

  /** What a run of this length can tell: memory rises for minutes while a JVM warms up. */
  Set<Measure> judged() {
    EnumSet<Measure> judged = EnumSet.allOf(Measure.class);
    if (points == SHORT_POINTS) {
      judged.removeAll(EnumSet.of(Measure.HEAP, Measure.DIRECT, Measure.RESIDENT));
    }
    return judged;
  }

  /** Configuration of the node: what ends by time ends within seconds. */
  JsonObject config(Stores stores) {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("http").put("idleTimeout", "2s").put("bodyTimeout", "2s");
    config
        .getJsonObject("webhooks")
        .put("breakerFailurePercent", 101)
        .put("breakerHeldTime", "10m")
        .put("leaseMargin", "2s");
    return config
        .put("logs", new JsonObject().put("maxAge", "2s").put("maxEvents", 1_000))
        .put(
            "sessions",
            new JsonObject()
                .put("heartbeat", "1s")
                .put("idleTimeout", "5s")
                .put("authTimeout", "200ms"))
        .put(
            "presence",
            new JsonObject()
                .put("heartbeat", "500ms")
                .put("lease", "2s")
                .put("grace", "500ms")
                .put("reaper", "500ms")
                .put("remember", "1m"));
  }
}
