package dev.switchboard.ingest;

import static java.util.Objects.requireNonNull;

import dev.switchboard.event.TenantId;
import dev.switchboard.ingest.parse.EventDraft;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * Counts events by outcome and measures how long accepting takes. One per node; usable from every
 * thread.
 */
public final class IngestMeters {
  private enum Outcome {
    ACCEPTED,
    REPEATED,
    SUPERSEDED,
    TOO_MANY_IDS,
    KEPT_FULL,
    LIMIT_REACHED,
    REFUSED,
    UNKNOWN
  }

  /** Counted from 0, so that the first refusal is an increase. */
  private static final List<String> KEPT_BOUNDS = List.of("keys", "bytes", "topics");

  private static final Duration[] ACCEPTANCE_BOUNDS =
      Stream.of(1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final Map<Outcome, Counter> outcomes = new EnumMap<>(Outcome.class);
  private final Map<TenantId, Map<Outcome, Counter>> tenants = new HashMap<>();
  private final Map<String, Counter> keptRefused = new ConcurrentHashMap<>();
  private final LongAdder inFlight = new LongAdder();
  private final Timer acceptance;
  private final MeterRegistry metrics;

  /** Registers the metrics, none of them by tenant. */
  public IngestMeters(MeterRegistry metrics) {
    this(metrics, List.of());
  }

  /**
   * Registers the metrics.
   *
   * @param tenants those whose events are counted apart as well
   */
  public IngestMeters(MeterRegistry metrics, List<TenantId> tenants) {
    this.metrics = metrics;
    for (Outcome outcome : Outcome.values()) {
      outcomes.put(
          outcome,
          Counter.builder("switchboard.events")
              .description("Events received by this node, by outcome")
              .tag("outcome", outcome.name())
              .register(metrics));
    }
    tenants.forEach(tenant -> this.tenants.put(tenant, outcomesOf(tenant)));
    Gauge unused =
        Gauge.builder("switchboard.events.in.flight", inFlight, LongAdder::sum)
            .description("Events that this node is accepting")
            .register(metrics);
    KEPT_BOUNDS.forEach(bound -> keptRefused.put(bound, keptRefusedBy(bound)));
    acceptance =
        Timer.builder("switchboard.events.acceptance")
            .description("Time from an event, or an array of events, to its response")
            .serviceLevelObjectives(ACCEPTANCE_BOUNDS)
            .register(metrics);
  }

  private Counter keptRefusedBy(String bound) {
    return Counter.builder("switchboard.kept.refused")
        .description("Kept events refused because there was no room, by the bound")
        .tag("bound", bound)
        .register(metrics);
  }

  private Map<Outcome, Counter> outcomesOf(TenantId tenant) {
    Map<Outcome, Counter> counters = new EnumMap<>(Outcome.class);
    for (Outcome outcome : Outcome.values()) {
      counters.put(
          outcome,
          Counter.builder("switchboard.tenant.events")
              .description(
                  "Events of a tenant of metrics.tenants received by this node, by outcome")
              .tag("tenant", tenant.value())
              .tag("outcome", outcome.name())
              .register(metrics));
    }
    return counters;
  }

  /** Counts events that begin to be accepted; a negative number once they are. */
  void inFlight(int more) {
    inFlight.add(more);
  }

  void record(List<EventDraft> drafts, List<IngestResult> results, long startedNanos) {
    acceptance.record(System.nanoTime() - startedNanos, TimeUnit.NANOSECONDS);
    for (int i = 0; i < results.size(); i++) {
      IngestResult result = results.get(i);
      Outcome outcome = outcome(result);
      requireNonNull(outcomes.get(outcome)).increment();
      if (!tenants.isEmpty()) {
        count(drafts.get(i).tenant(), outcome);
      }
      if (result instanceof IngestResult.KeptFull full) {
        keptRefused.computeIfAbsent(full.bound(), this::keptRefusedBy).increment();
      }
    }
  }

  private void count(TenantId tenant, Outcome outcome) {
    Map<Outcome, Counter> counters = tenants.get(tenant);
    if (counters != null) {
      requireNonNull(counters.get(outcome)).increment();
    }
  }

  private static Outcome outcome(IngestResult result) {
    if (result instanceof IngestResult.Accepted accepted) {
      return accepted.repeated() ? Outcome.REPEATED : Outcome.ACCEPTED;
    }
    if (result instanceof IngestResult.Unavailable unavailable) {
      return unavailable.certain() ? Outcome.REFUSED : Outcome.UNKNOWN;
    }
    if (result instanceof IngestResult.Superseded) {
      return Outcome.SUPERSEDED;
    }
    if (result instanceof IngestResult.LimitReached) {
      return Outcome.LIMIT_REACHED;
    }
    return result instanceof IngestResult.KeptFull ? Outcome.KEPT_FULL : Outcome.TOO_MANY_IDS;
  }
}
