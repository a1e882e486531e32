package dev.switchboard.time;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Measures how long a store takes to answer, and counts its errors. Usable from every thread. */
public final class StoreCalls {
  private static final Duration[] BOUNDS =
      Stream.of(1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final Timer answers;
  private final Counter refused;
  private final Counter unreachable;

  /** Registers the metrics of the store with that name, in lower case. */
  public StoreCalls(String store, MeterRegistry metrics) {
    this.answers =
        Timer.builder("switchboard.store.call")
            .description("Time from a command or statement to the answer of the store")
            .tag("store", store)
            .serviceLevelObjectives(BOUNDS)
            .register(metrics);
    this.refused = errors(store, "refused", metrics);
    this.unreachable = errors(store, "unreachable", metrics);
  }

  private static Counter errors(String store, String kind, MeterRegistry metrics) {
    return Counter.builder("switchboard.store.errors")
        .description("Commands or statements that a store refused or did not answer")
        .tag("store", store)
        .tag("kind", kind)
        .register(metrics);
  }

  /** Records an answer, with or without success, to what was sent at {@code startedNanos}. */
  public void answered(long startedNanos) {
    answers.record(System.nanoTime() - startedNanos, TimeUnit.NANOSECONDS);
  }

  /** Counts an error that the store answered with. */
  public void refused() {
    refused.increment();
  }

  /** Counts a call that got no answer, or found no connection. */
  public void unreachable() {
    unreachable.increment();
  }
}
