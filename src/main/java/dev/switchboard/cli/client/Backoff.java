package dev.switchboard.cli.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: up to twice as long each time, at random, so that clients
 * that were cut off together do not come back together.
 */
final class Backoff {
  private static final long FIRST_MILLIS = 500;
  private static final long MAX_MILLIS = 20_000;

  private final RandomGenerator random;
  private long most = FIRST_MILLIS;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  Duration next() {
    long millis = random.nextLong(most / 2, most + 1);
    most = Math.min(MAX_MILLIS, most * 2);
    return Duration.ofMillis(millis);
  }

  /** It went well in between. */
  void reset() {
    most = FIRST_MILLIS;
  }
}
