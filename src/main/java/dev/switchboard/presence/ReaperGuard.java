package dev.switchboard.presence;

/**
 * Whether a reaper may judge by what Redis tells: only when Redis has answered it regularly for a
 * whole lease. After its own start, an outage, a fail-over or its own sleep, the living need that
 * time to be heard again. Pure state; all times are ms of one clock.
 */
final class ReaperGuard {
  private static final int MISSED_ROUNDS = 3;

  private final long lease;
  private final long longestPause;
  private boolean answering;
  private long last;
  private long judgeFrom;

  ReaperGuard(long leaseMillis, long roundMillis) {
    this.lease = leaseMillis;
    this.longestPause = Math.min(MISSED_ROUNDS * roundMillis, leaseMillis);
  }

  /** Redis did not answer. */
  void gap() {
    answering = false;
  }

  /** Redis answered at that moment; tells whether it may be judged by. */
  boolean answered(long now) {
    if (!answering || now < last || now - last > longestPause) {
      judgeFrom = now + lease;
    }
    answering = true;
    last = now;
    return now >= judgeFrom;
  }

  /** How much of that time is left at that moment, if Redis goes on answering. */
  long owed(long now) {
    return answering && now - last <= longestPause ? Math.max(0, judgeFrom - now) : lease;
  }

  /**
   * Redis answered about something that is new: whoever lives in it came a moment ago, so only what
   * others are owed still is owed to it. It is never judged by this first answer.
   */
  void begin(long now, long owed) {
    answering = true;
    last = now;
    judgeFrom = now + Math.max(1, owed);
  }
}
