package dev.switchboard.sessions.session;

import dev.switchboard.time.TokenBucket;
import java.util.concurrent.TimeUnit;

/**
 * Limits what one client may send: its messages per second, with bursts of two seconds' worth, and
 * its faults within a minute.
 */
public final class ClientLimits {
  private static final long FAULT_MEMORY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final TokenBucket messages;
  private long faultsSince;
  private int faults;

  ClientLimits(int perSecond, long now) {
    this.messages = new TokenBucket(perSecond, 2 * perSecond, now);
    this.faultsSince = now;
  }

  /** Counts one more message at {@code now}, in nanoseconds; false if that is too many. */
  public boolean countMessage(long now) {
    return messages.take(1, now);
  }

  /** Counts one more fault at {@code now}, in nanoseconds; returns the faults within a minute. */
  public int countFault(long now) {
    if (now - faultsSince > FAULT_MEMORY_NANOS) {
      faults = 0;
      faultsSince = now;
    }
    return ++faults;
  }
}
