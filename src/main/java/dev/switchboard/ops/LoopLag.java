package dev.switchboard.ops;

import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Schedule;
import dev.switchboard.time.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Measures, five times a second, how much later than planned an event loop runs a timer: for so
 * long everything else waits as well. Belongs to that loop.
 */
public final class LoopLag {
  private static final Duration PERIOD = Duration.ofMillis(200);

  private static final Duration[] BOUNDS =
      Stream.of(2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final RepeatingTasks tasks;
  private final Ticker ticker;
  private final Timer lag;
  private long planned;

  /** Registers the metric of the loops with that name, which share it. */
  public LoopLag(String loop, RepeatingTasks tasks, Ticker ticker, MeterRegistry metrics) {
    this.tasks = tasks;
    this.ticker = ticker;
    this.lag =
        Timer.builder("switchboard.eventloop.lag")
            .description("How much later than planned an event loop ran a timer")
            .tag("loop", loop)
            .serviceLevelObjectives(BOUNDS)
            .register(metrics);
  }

  /** Measures the calling event loop until that ends. */
  public void start() {
    plan();
    tasks.action("loop-lag", Schedule.every(PERIOD), this::measure).start();
  }

  private void measure() {
    lag.record(Math.max(0, ticker.nanos() - planned), TimeUnit.NANOSECONDS);
    plan();
  }

  private void plan() {
    planned = ticker.nanos() + PERIOD.toNanos();
  }
}
