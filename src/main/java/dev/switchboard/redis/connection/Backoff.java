package dev.switchboard.redis.connection;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Waiting times between attempts: doubling from a first to a longest one, each shortened by up to
 * half at random so that nodes do not come back in step ("equal jitter").
 */
public final class Backoff {
  private final Duration first;
  private final Duration longest;
  private final RandomGenerator random;
  private int failures;

  /** Starts at {@code first}. */
  public Backoff(Duration first, Duration longest, RandomGenerator random) {
    this.first = first;
    this.longest = longest;
    this.random = random;
  }

  /** The next wait, in milliseconds, at least 1. */
  public long nextMillis() {
    long full = Math.min(longest.toMillis(), first.toMillis() << Math.min(failures, 20));
    failures++;
    return Math.max(1, full / 2 + random.nextLong(full / 2 + 1));
  }

  /** Begins anew after a success. */
  public void reset() {
    failures = 0;
  }

  /** Failures since the last success. */
  public int failures() {
    return failures;
  }
}
