package dev.switchboard.bench.wire;

/** Nanoseconds since this process began: small enough to travel as a JSON number. */
public final class RunClock {
  private static final long ZERO = System.nanoTime();

  private RunClock() {}

  public static long nanos() {
    return System.nanoTime() - ZERO;
  }
}
