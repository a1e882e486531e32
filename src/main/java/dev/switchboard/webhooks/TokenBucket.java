package dev.switchboard.webhooks;

import java.util.concurrent.TimeUnit;

/**
 * Lets so many calls a second through, and after a quiet second that many at once. Belongs to one
 * event loop.
 */
final class TokenBucket {
  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

  private final int perSecond;
  private double tokens;
  private long filledAt;

  TokenBucket(int perSecond, long now) {
    this.perSecond = perSecond;
    this.tokens = perSecond;
    this.filledAt = now;
  }

  int perSecond() {
    return perSecond;
  }

  /** Whole calls it lets through now. */
  int available(long now) {
    tokens = Math.min(perSecond, tokens + (now - filledAt) / NANOS * perSecond);
    filledAt = now;
    return (int) tokens;
  }

  void take(long now) {
    int unused = available(now);
    tokens--;
  }

  /** Milliseconds until one more call may go; at least 1. */
  long waitMillis(long now) {
    int unused = available(now);
    return Math.max(1, (long) Math.ceil((1 - tokens) * 1_000 / perSecond));
  }

  boolean isFull(long now) {
    return available(now) == perSecond;
  }
}
