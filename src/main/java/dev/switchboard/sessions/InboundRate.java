package dev.switchboard.sessions;

import java.util.concurrent.TimeUnit;

/** How much one client may still say: a bucket of messages that fills at a steady rate. */
final class InboundRate {
  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

  private float allowance;
  private long filled;

  /** A full bucket of twice a second's messages. */
  InboundRate(int perSecond, long now) {
    this.allowance = 2f * perSecond;
    this.filled = now;
  }

  /** Takes one message out; false if none is left. */
  boolean take(int perSecond, long now) {
    double gained = (now - filled) / SECOND * perSecond;
    allowance = (float) Math.min(2.0 * perSecond, allowance + gained);
    filled = now;
    if (allowance < 1) {
      return false;
    }
    allowance--;
    return true;
  }
}
