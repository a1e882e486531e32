package dev.switchboard.time;

/**
 * A clock for measuring intervals; tests move it by hand. Only differences of its values have a
 * meaning. For times of day use {@link java.time.Clock}.
 */
@FunctionalInterface
public interface Ticker {
  /** The machine's monotonic clock. */
  Ticker SYSTEM = System::nanoTime;

  /** The current value, in nanoseconds. */
  long nanos();
}
