package dev.switchboard.chaos;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** Lets a fault last: no signal says that it has lasted long enough. */
final class Pause {
  private Pause() {}

  static void of(Duration duration) {
    long end = System.nanoTime() + duration.toNanos();
    for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** For a random time in between, in milliseconds. */
  static void between(Random random, long least, long most) {
    of(length(random, least, most));
  }

  static Duration length(Random random, long least, long most) {
    return Duration.ofMillis(least + random.nextInt((int) (most - least + 1)));
  }
}
