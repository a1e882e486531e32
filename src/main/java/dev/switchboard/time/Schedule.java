package dev.switchboard.time;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * When the next round of a {@link RepeatingTask} begins. Immutable.
 *
 * @param period read before each pause, on the event loop of the task
 * @param jitter the largest share of a period, from 0 to 1, by which it is shortened at random
 * @param fromStart whether a period is measured from the start of a round instead of its end
 */
public record Schedule(Supplier<Duration> period, double jitter, boolean fromStart) {
  /** Checks the range of the jitter. */
  public Schedule {
    if (jitter < 0 || jitter > 1) {
      throw new IllegalArgumentException("jitter must be from 0 to 1, not " + jitter);
    }
  }

  /** Returns a schedule whose rounds begin one period after the end of the previous round. */
  public static Schedule every(Duration period) {
    return every(() -> period);
  }

  /** As {@link #every(Duration)}, with a period that may change. */
  public static Schedule every(Supplier<Duration> period) {
    return new Schedule(period, 0, false);
  }

  /**
   * Shortens each period by a random share of up to {@code share}, so that nodes do not act at
   * once.
   */
  public Schedule withJitter(double share) {
    return new Schedule(period, share, fromStart);
  }

  /**
   * Measures the period from the start of a round, so that long rounds do not slow the task down.
   */
  public Schedule measuredFromStart() {
    return new Schedule(period, jitter, true);
  }

  /** Returns the pause after a round that took {@code tookMillis}, in ms, at least 1. */
  long pauseMillis(long tookMillis, RandomGenerator random) {
    long full = period.get().toMillis();
    long shortest = Math.round(full * (1 - jitter));
    long chosen = full - random.nextLong(full - shortest + 1);
    return Math.max(1, fromStart ? chosen - tookMillis : chosen);
  }
}
