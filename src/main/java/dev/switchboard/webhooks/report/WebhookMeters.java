package dev.switchboard.webhooks.report;

import static java.util.Objects.requireNonNull;

import dev.switchboard.webhooks.call.Attempt;
import dev.switchboard.webhooks.report.BreakerStore.NodeBreaker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of the delivery engine. Labels have few values: never a tenant, a webhook or a URL.
 * One for a node; usable from every thread.
 */
public final class WebhookMeters {
  private static final Comparator<Duration> LONGEST = Comparator.naturalOrder();
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
          "interrupted",
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
  private final Counter undecided;
  private final Timer calls;
  private final AtomicInteger ready = new AtomicInteger();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger failing = new AtomicInteger();
  private volatile List<NodeBreaker> breakers = List.of();
  private volatile QueueStore.@Nullable Depth depth;

  /** The work that needs Postgres. */
  public enum Step {
    /** Store deliveries in the outbox; without it the event is not accepted. */
    HOLD,
    /** Discard, withdraw or take over held deliveries. */
    SETTLE,
    /** Claim due deliveries. */
    CLAIM,
    /** Give claims back unused. */
    GIVE_BACK,
    /** Record an attempt; it will be logged as lost and made again. */
    RECORD,
    /** Record an attempt whose claim had run out. */
    RECORD_TOO_LATE,
    /** Get calls granted under a rate. */
    RATE,
    /** Write which webhooks fail, and disable those that never answer. */
    HEALTH,
    /** Find the work of lost messages and lost nodes. */
    SWEEP
  }

  /** Registers the metrics. */
  public WebhookMeters(MeterRegistry metrics) {
    this.metrics = metrics;
    countAttempts("delivered", NO_ERROR);
    ERRORS.forEach(error -> countAttempts("retrying", error));
    ERRORS.forEach(error -> countAttempts("failed", error));
    for (Step step : Step.values()) {
      countFailures(step);
    }
    undecided =
        Counter.builder("switchboard.webhooks.undecided.filters")
            .description("Deliveries made because the webhook's filter could not be evaluated")
            .register(metrics);
    calls =
        Timer.builder("switchboard.webhooks.call")
            .description("Time from the start of a call to the end of its response")
            .serviceLevelObjectives(CALL_BOUNDS)
            .register(metrics);
    gauge("ready", "Deliveries that wait in this node's memory for a free worker", ready);
    gauge("in.flight", "Calls in flight from this node", inFlight);
    gauge("failing", "Webhooks whose last call failed, whichever node made it", failing);
    breakerGauges();
    pending("waiting", QueueStore.Depth::waiting);
    pending("claimed", QueueStore.Depth::claimed);
    oldestDue();
  }

  private void breakerGauges() {
    breakers(
            "open",
            "Webhooks whose circuit breaker on this node is not closed",
            meters -> meters.breakers.size())
        .register(metrics);
    breakers(
            "half.open",
            "Webhooks whose circuit breaker on this node is half open",
            meters -> meters.breakers.stream().filter(one -> one.nextTry() == null).count())
        .register(metrics);
    breakers(
            "longest",
            "How long the circuit breaker is not closed that opened first on this node",
            meters -> seconds(meters.breakers.stream().map(NodeBreaker::since).max(LONGEST)))
        .baseUnit("seconds")
        .register(metrics);
    breakers(
            "next.try",
            "Time until the next open circuit breaker of this node makes a call; 0 if none is open",
            meters ->
                seconds(
                    meters.breakers.stream()
                        .map(NodeBreaker::nextTry)
                        .filter(Objects::nonNull)
                        .min(LONGEST)))
        .baseUnit("seconds")
        .register(metrics);
  }

  private Gauge.Builder<WebhookMeters> breakers(
      String name, String description, ToDoubleFunction<WebhookMeters> value) {
    return Gauge.builder("switchboard.webhooks.breakers." + name, this, value)
        .description(description);
  }

  private static double seconds(Optional<Duration> time) {
    return time.orElse(Duration.ZERO).toMillis() / 1_000.0;
  }

  private void countFailures(Step step) {
    failures.put(
        step,
        Counter.builder("switchboard.webhooks.failures")
            .description("Steps of the delivery engine that failed in Postgres")
            .tag("step", step.name())
            .register(metrics));
  }

  private void oldestDue() {
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
            .description("Attempts of deliveries, by outcome and class of error")
            .tag("outcome", outcome)
            .tag("error", error)
            .register(metrics));
  }

  private void gauge(String name, String description, AtomicInteger value) {
    Gauge unused =
        Gauge.builder("switchboard.webhooks." + name, value, AtomicInteger::get)
            .description(description)
            .register(metrics);
  }

  private void pending(String state, ToDoubleFunction<QueueStore.Depth> count) {
    Gauge unused =
        Gauge.builder("switchboard.webhooks.owed", this, meters -> meters.depth(count))
            .description("Pending deliveries in the queue that all nodes share")
            .tag("state", state)
            .register(metrics);
  }

  /** Shows no number rather than an old one. */
  private double depth(ToDoubleFunction<QueueStore.Depth> of) {
    QueueStore.Depth known = depth;
    return known == null ? Double.NaN : of.applyAsDouble(known);
  }

  /**
   * Counts an attempt that ended.
   *
   * @param retryAfter null: it was the last
   */
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

  /** Records the duration of a call. */
  public void called(Attempt attempt) {
    calls.record(attempt.durationMillis(), TimeUnit.MILLISECONDS);
  }

  public void failed(Step step) {
    requireNonNull(failures.get(step)).increment();
  }

  /** Counts a delivery that is made because the filter could not be evaluated. */
  void undecided() {
    undecided.increment();
  }

  /** Sets the gauges of this node; {@code notClosed} are its circuit breakers. */
  public void onThisNode(int nowReady, int nowInFlight, List<NodeBreaker> notClosed) {
    ready.set(nowReady);
    inFlight.set(nowInFlight);
    breakers = List.copyOf(notClosed);
  }

  /** Sets how many webhooks fail. */
  void failing(int now) {
    failing.set(now);
  }

  /** Sets the gauges of the queue; null: not known, shown as NaN. */
  public void inTheQueue(QueueStore.@Nullable Depth now) {
    depth = now;
  }
}
