package dev.switchboard.webhooks.dispatch;

/**
 * How long calls take of late, and so how many deliveries may wait in memory for a free place
 * without waiting long: many behind a quick receiver, none behind one that hangs.
 */
record CallLatency(double millis, long at) {
  /** What waits in memory is called within about this time. */
  private static final double AHEAD_MILLIS = 500;

  private static final int MAX = 250;
  private static final double WEIGHT_OF_LAST = 0.2;

  /** After a first call. */
  static CallLatency of(int millis, long now) {
    return new CallLatency(Math.max(1, millis), now);
  }

  /** After one more. */
  CallLatency with(int lastMillis, long now) {
    return new CallLatency(
        millis * (1 - WEIGHT_OF_LAST) + Math.max(1, lastMillis) * WEIGHT_OF_LAST, now);
  }

  /** Deliveries that may wait where so many calls run at once. */
  int ahead(int calls) {
    return (int) Math.min(MAX, calls * AHEAD_MILLIS / millis);
  }
}
