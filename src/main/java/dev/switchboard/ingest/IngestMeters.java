package dev.switchboard.ingest;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

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

  private final Map<Outcome, Counter> outcomes = new EnumMap<>(Outcome.class);
  private final Timer acceptance;
  private final MeterRegistry metrics;

  /** Registers the metrics. */
  public IngestMeters(MeterRegistry metrics) {
    this.metrics = metrics;
    for (Outcome outcome : Outcome.values()) {
      outcomes.put(
          outcome,
          Counter.builder("switchboard.events")
              .description("Events received by this node, by outcome")
              .tag("outcome", outcome.name())
              .register(metrics));
    }
    acceptance =
        Timer.builder("switchboard.events.acceptance")
            .description("Time from an event, or an array of events, to its response")
            .register(metrics);
  }

  void record(List<IngestResult> results, long startedNanos) {
    acceptance.record(System.nanoTime() - startedNanos, TimeUnit.NANOSECONDS);
    for (IngestResult result : results) {
      requireNonNull(outcomes.get(outcome(result))).increment();
      if (result instanceof IngestResult.KeptFull full) {
        Counter.builder("switchboard.kept.refused")
            .description("Kept events refused because there was no room, by the bound")
            .tag("bound", full.bound())
            .register(metrics)
            .increment();
      }
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
