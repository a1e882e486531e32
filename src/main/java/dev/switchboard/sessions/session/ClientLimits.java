package dev.switchboard.sessions.session;

import dev.switchboard.time.TokenBucket;
import java.util.concurrent.TimeUnit;

/**
 * Limits of what one client may send: a token bucket of messages, and the number of invalid
 * messages within about a minute.
 */
public final class ClientLimits {
  private static final long FAULT_MEMORY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final TokenBucket messages;
  private long faultsSince;
  private int faults;

  /** A full bucket of twice {@code perSecond} messages, and no faults. */
  ClientLimits(int perSecond, long now) {
    this.messages = new TokenBucket(perSecond, 2 * perSecond, now);
    this.faultsSince = now;
  }

  /** Takes one message from the bucket; returns false if it is empty. */
  public boolean tryTake(long now) {
    return messages.take(1, now);
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
