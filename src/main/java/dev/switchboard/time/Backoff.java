package dev.switchboard.time;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * Computes the pauses between attempts: each is twice as long as the one before, up to a maximum,
 * and then shortened by up to half at random, so that nodes that failed together do not retry
 * together ("equal jitter"). Not thread-safe.
 */
public final class Backoff {
  private final Duration first;
  private final Duration max;
  private final RandomGenerator random;
  private int failures;

  /** Starts with a pause of {@code first} and doubles it up to {@code max}. */
  public Backoff(Duration first, Duration max) {
    this(first, max, () -> ThreadLocalRandom.current().nextLong());
  }

  /** The same, with a given source of jitter. */
  public Backoff(Duration first, Duration max, RandomGenerator random) {
    this.first = first;
    this.max = max;
    this.random = random;
  }

  /** Counts a failure and returns the pause after it, at least 1 ms. */
  public Duration next() {
    long full = Math.min(max.toMillis(), first.toMillis() << Math.min(failures, 20));
    failures++;
    return Duration.ofMillis(Math.max(1, full / 2 + random.nextLong(full / 2 + 1)));
  }

  /** Starts again with the first pause, after a success. */
  public void reset() {
    failures = 0;
  }

  /** Number of failures since the last success. */
  public int failures() {
    return failures;
  }
}
