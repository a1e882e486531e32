package dev.switchboard.sessions.session;

import java.util.concurrent.TimeUnit;

/**
 * Limits of what one client may send: a token bucket of messages, and the number of invalid
 * messages within about a minute.
 */
public final class ClientLimits {
  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long FAULT_MEMORY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private float tokens;
  private long filledAt;
  private long faultsSince;
  private int faults;

  /** A full bucket of twice {@code perSecond} messages, and no faults. */
  ClientLimits(int perSecond, long now) {
    this.tokens = 2f * perSecond;
    this.filledAt = now;
    this.faultsSince = now;
  }

  /** Takes one message from the bucket; returns false if it is empty. */
  public boolean tryTake(int perSecond, long now) {
    double gained = (now - filledAt) / SECOND * perSecond;
    tokens = (float) Math.min(2.0 * perSecond, tokens + gained);
    filledAt = now;
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }

  /** Counts one invalid message; returns the number within about the last minute. */
  public int countFault(long now) {
    if (now - faultsSince > FAULT_MEMORY_NANOS) {
      faults = 0;
      faultsSince = now;
    }
    return ++faults;
  }
}
