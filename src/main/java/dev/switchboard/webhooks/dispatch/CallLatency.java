package dev.switchboard.webhooks.dispatch;

/**
 * The moving average of call durations. From it follows how many deliveries may wait in memory
 * without waiting long: many for a quick receiver, none for one that hangs.
 *
 * @param at {@link System#nanoTime} of the last call
 */
record CallLatency(double millis, long at) {
  /** A delivery that waits in memory is called within about this time. */
  private static final double AHEAD_MILLIS = 500;

  private static final int MAX_AHEAD = 250;
  private static final double WEIGHT_OF_LAST = 0.2;

  /** The average after a first call. */
  static CallLatency of(int millis, long now) {
    return new CallLatency(Math.max(1, millis), now);
  }

  /** The average after one more call. */
  CallLatency with(int lastMillis, long now) {
    return new CallLatency(
        millis * (1 - WEIGHT_OF_LAST) + Math.max(1, lastMillis) * WEIGHT_OF_LAST, now);
  }

  /** How many deliveries may wait where {@code calls} run at the same time. */
  int ahead(int calls) {
    return (int) Math.min(MAX_AHEAD, calls * AHEAD_MILLIS / millis);
  }
}
