package dev.switchboard.webhooks.report;

import static java.util.Objects.requireNonNull;

import dev.switchboard.webhooks.call.Attempt;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Tells operators how the delivery engine does. Labels have few values: no tenant, webhook or URL
 * is among them. One for a node; usable from every thread.
 */
public final class WebhookMeters {
  private static final String NO_ERROR = "none";
  private static final String OTHER_ERROR = "other";
  private static final List<String> ERRORS =
      List.of(
          "http_4xx",
          "http_5xx",
          "redirect",
          "dns",
          "connect",
          "tls",
          "timeout_connect",
          "timeout_headers",
          "timeout_body",
          "ssrf_blocked",
          "node_lost",
          "malformed",
          OTHER_ERROR);

  private static final Duration[] CALL_BOUNDS =
      List.of(10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 120_000).stream()
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final MeterRegistry metrics;
  private final Map<String, Counter> attempts = new HashMap<>();
  private final Map<Step, Counter> failures = new EnumMap<>(Step.class);
  private final Timer calls;
  private final AtomicInteger ready = new AtomicInteger();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger openBreakers = new AtomicInteger();
  private volatile QueueStore.@Nullable Depth depth;

  /** What the engine asks of Postgres. */
  public enum Step {
    /** To commit what an event owes; without it the event is not accepted. */
    HOLD,
    /** To end, withdraw or take over what was committed before an event was published. */
    SETTLE,
    /** To claim due deliveries. */
    CLAIM,
    /** To give claims back unused. */
    GIVE_BACK,
    /** To write down an attempt; it will be logged as lost, and made again. */
    RECORD,
    /** To write down an attempt whose claim had run out. */
    RECORD_TOO_LATE,
    /** To be granted calls under a rate. */
    RATE,
    /** To note which webhooks fail, and to switch off those that do for good. */
    HEALTH,
    /** To find what hints and nodes lost. */
    SWEEP
  }

  /** Registers the metrics. */
  public WebhookMeters(MeterRegistry metrics) {
    this.metrics = metrics;
    countAttempts("delivered", NO_ERROR);
    ERRORS.forEach(error -> countAttempts("retrying", error));
    ERRORS.forEach(error -> countAttempts("failed", error));
    for (Step step : Step.values()) {
      failures.put(
          step,
          Counter.builder("switchboard.webhooks.failures")
              .description("What the delivery engine asked of Postgres in vain")
              .tag("step", step.name())
              .register(metrics));
    }
    calls =
        Timer.builder("switchboard.webhooks.call")
            .description("Time from the start of a call to the end of its answer")
            .serviceLevelObjectives(CALL_BOUNDS)
            .register(metrics);
    gauge("ready", "Deliveries that wait in this node's memory for a free place", ready);
    gauge("in.flight", "Calls under way from this node", inFlight);
    gauge("breakers.open", "Webhooks that this node keeps away from", openBreakers);
    owed("waiting", QueueStore.Depth::waiting);
    owed("claimed", QueueStore.Depth::claimed);
    Gauge unused =
        Gauge.builder(
                "switchboard.webhooks.oldest.due",
                this,
                meters -> meters.depth(WebhookMeters::oldestDueSeconds))
            .description("How long the oldest due delivery has been due")
            .baseUnit("seconds")
            .register(metrics);
  }

  private static double oldestDueSeconds(QueueStore.Depth depth) {
    return depth.oldestDue().toMillis() / 1_000.0;
  }

  private void countAttempts(String outcome, String error) {
    attempts.put(
        outcome + " " + error,
        Counter.builder("switchboard.webhooks.attempts")
            .description("Attempts of deliveries, by what became of them")
            .tag("outcome", outcome)
            .tag("error", error)
            .register(metrics));
  }

  private void gauge(String name, String about, AtomicInteger value) {
    Gauge unused =
        Gauge.builder("switchboard.webhooks." + name, value, AtomicInteger::get)
            .description(about)
            .register(metrics);
  }

  private void owed(String state, ToDoubleFunction<QueueStore.Depth> count) {
    Gauge unused =
        Gauge.builder("switchboard.webhooks.owed", this, meters -> meters.depth(count))
            .description("Deliveries owed, as the queue that all nodes share has them")
            .tag("state", state)
            .register(metrics);
  }

  /** No number is better than an old one. */
  private double depth(ToDoubleFunction<QueueStore.Depth> of) {
    QueueStore.Depth known = depth;
    return known == null ? Double.NaN : of.applyAsDouble(known);
  }

  /** An attempt ended; {@code retryAfter} null: it was the last. */
  public void attempted(Attempt attempt, @Nullable Duration retryAfter) {
    String outcome =
        attempt.result() == Attempt.Result.DELIVERED
            ? "delivered"
            : retryAfter == null ? "failed" : "retrying";
    String error = attempt.errorClass();
    Counter counter = attempts.get(outcome + " " + (error == null ? NO_ERROR : error));
    requireNonNull(counter == null ? attempts.get(outcome + " " + OTHER_ERROR) : counter)
        .increment();
  }

  /** A call took so long. */
  public void called(Attempt attempt) {
    calls.record(attempt.durationMillis(), TimeUnit.MILLISECONDS);
  }

  /** Postgres did not do it. */
  public void failed(Step step) {
    requireNonNull(failures.get(step)).increment();
  }

  /** How things stand on this node. */
  public void onThisNode(int nowReady, int nowInFlight, int nowOpenBreakers) {
    ready.set(nowReady);
    inFlight.set(nowInFlight);
    openBreakers.set(nowOpenBreakers);
  }

  /** How things stand in the queue; null if that is not known. */
  public void inTheQueue(QueueStore.@Nullable Depth now) {
    depth = now;
  }
}
