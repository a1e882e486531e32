package dev.switchboard.support;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits for something that can only be looked at, such as a row or a process; never for time alone.
 */
public final class Waiting {
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

  private Waiting() {}

  /** Looks again and again until it holds; fails after half a minute, saying what was awaited. */
  public static void until(String what, BooleanSupplier holds) {
    until(what, LONGEST, holds);
  }

  /** The same for what takes longer. */
  public static void until(String what, Duration longest, BooleanSupplier holds) {
    long deadline = System.nanoTime() + longest.toNanos();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain: " + what);
      }
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
  }
}
