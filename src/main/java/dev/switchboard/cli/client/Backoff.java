package dev.switchboard.cli.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Delays between reconnects: random, with an upper limit that doubles each time, so that clients
 * that lost their connection together do not reconnect together.
 */
final class Backoff {
  private static final long FIRST_MILLIS = 500;
  private static final long MAX_MILLIS = 20_000;

  private final RandomGenerator random;
  private long limit = FIRST_MILLIS;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** Returns the delay before the next attempt. */
  Duration next() {
    long millis = random.nextLong(limit / 2, limit + 1);
    limit = Math.min(MAX_MILLIS, limit * 2);
    return Duration.ofMillis(millis);
  }

  /** Starts over after a successful connection. */
  void reset() {
    limit = FIRST_MILLIS;
  }
}
