package dev.switchboard.sessions.session;

import java.util.concurrent.TimeUnit;

/**
 * How a client behaves that has spoken: how much it may still say, from a bucket of messages that
 * fills at a steady rate, and its mistakes of the last minute or so.
 */
public final class ClientLimits {
  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long FAULT_MEMORY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private float allowance;
  private long filled;
  private long faultsSince;
  private int faults;

  /** A full bucket of twice a second's messages, and no mistake. */
  ClientLimits(int perSecond, long now) {
    this.allowance = 2f * perSecond;
    this.filled = now;
    this.faultsSince = now;
  }

  /** Whether it may say one more thing now. */
  public boolean mayTalk(int perSecond, long now) {
    double gained = (now - filled) / SECOND * perSecond;
    allowance = (float) Math.min(2.0 * perSecond, allowance + gained);
    filled = now;
    if (allowance < 1) {
      return false;
    }
    allowance--;
    return true;
  }

  /** Its mistakes, with one it makes now. */
  public int countFault(long now) {
    if (now - faultsSince > FAULT_MEMORY_NANOS) {
      faults = 0;
      faultsSince = now;
    }
    return ++faults;
  }
}
