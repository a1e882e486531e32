package dev.switchboard.bench.client;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** The one form of latency histogram: nanoseconds, three digits, up to two minutes. */
public final class Latency {
  private static final long HIGHEST = TimeUnit.MINUTES.toNanos(2);

  private Latency() {}

  public static Histogram newHistogram() {
    return new Histogram(1_000, HIGHEST, 3);
  }

  public static void record(Histogram histogram, long nanos) {
    histogram.recordValue(Math.min(Math.max(nanos, 0), HIGHEST));
  }

  /** A percentile in milliseconds; NaN without any value. */
  public static double millis(Histogram histogram, double percentile) {
    return histogram.getTotalCount() == 0
        ? Double.NaN
        : histogram.getValueAtPercentile(percentile) / 1e6;
  }
}
