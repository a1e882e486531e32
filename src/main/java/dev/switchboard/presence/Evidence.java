package dev.switchboard.presence;

/**
 * Whether a reaper may judge by what Redis tells: only when Redis has answered it regularly for a
 * whole lease. After its own start, an outage, a fail-over or its own sleep, the living need that
 * time to be heard again. Pure state; all times are Redis TIME in ms.
 */
final class Evidence {
  private static final int MISSED_ROUNDS = 3;

  private final long lease;
  private final long longestPause;
  private long last = -1;
  private long judgeFrom;

  Evidence(long leaseMillis, long roundMillis) {
    this.lease = leaseMillis;
    this.longestPause = Math.min(MISSED_ROUNDS * roundMillis, leaseMillis);
  }

  /** Redis did not answer. */
  void gap() {
    last = -1;
  }

  /** Redis answered at that moment; tells whether it may be judged by. */
  boolean answered(long now) {
    if (last < 0 || now < last || now - last > longestPause) {
      judgeFrom = now + lease;
    }
    last = now;
    return now >= judgeFrom;
  }
}
