package dev.switchboard.time;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Creates {@link RepeatingTask}s that share a scheduler, a clock and a metric. */
public final class RepeatingTasks {
  private final LoopScheduler scheduler;
  private final MeterRegistry metrics;
  private final Ticker ticker;
  private final RandomGenerator random;

  /** Creates tasks that use the system clock; their failures are counted in {@code metrics}. */
  public RepeatingTasks(LoopScheduler scheduler, MeterRegistry metrics) {
    this(scheduler, metrics, Ticker.SYSTEM, () -> ThreadLocalRandom.current().nextLong());
  }

  /**
   * Creates tasks that measure rounds with {@code ticker} and take their jitter from {@code
   * random}.
   */
  public RepeatingTasks(
      LoopScheduler scheduler, MeterRegistry metrics, Ticker ticker, RandomGenerator random) {
    this.scheduler = scheduler;
    this.metrics = metrics;
    this.ticker = ticker;
    this.random = random;
  }

  /**
   * Returns a task that is not started yet.
   *
   * @param name a constant in lower case with hyphens, for the log and the metric
   * @param round one round; it ends when the future ends, so the future must complete
   */
  public RepeatingTask task(String name, Schedule schedule, Supplier<? extends Future<?>> round) {
    return new RepeatingTask(this, schedule, round, new TaskFailures(name, metrics));
  }

  /** Returns a task whose rounds end when {@code action} returns. */
  public RepeatingTask action(String name, Schedule schedule, Runnable action) {
    return task(
        name,
        schedule,
        () -> {
          action.run();
          return Future.succeededFuture();
        });
  }

  LoopScheduler.Timer after(long millis, Runnable action) {
    return scheduler.after(millis, action);
  }

  long nanos() {
    return ticker.nanos();
  }

  RandomGenerator random() {
    return random;
  }
}
