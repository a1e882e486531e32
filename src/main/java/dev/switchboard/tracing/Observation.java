package dev.switchboard.tracing;

import io.micrometer.core.instrument.MeterRegistry;

/** Where a part of the node reports what it does. */
public record Observation(MeterRegistry metrics, Tracing tracing) {
  /** Metrics only. */
  public static Observation of(MeterRegistry metrics) {
    return new Observation(metrics, Tracing.OFF);
  }
}
