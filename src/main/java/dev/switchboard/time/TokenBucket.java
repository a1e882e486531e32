package dev.switchboard.time;

import java.util.concurrent.TimeUnit;

/**
 * A token bucket: it is full at first, loses tokens by {@link #take} and gains them at a steady
 * rate. Times are of a monotonic clock, in nanoseconds. Not thread-safe.
 */
public final class TokenBucket {
  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final double perSecond;
  private final double capacity;
  private double tokens;
  private long filledAt;

  /**
   * Makes a full bucket.
   *
   * @param perSecond tokens gained per second
   * @param capacity maximum tokens in the bucket
   */
  public TokenBucket(double perSecond, double capacity, long nowNanos) {
    this.perSecond = perSecond;
    this.capacity = capacity;
    this.tokens = capacity;
    this.filledAt = nowNanos;
  }

  /**
   * Takes tokens if there are enough. More than the capacity can be taken from a full bucket, which
   * then owes the difference: otherwise they could never be taken.
   *
   * @return whether the tokens were taken
   */
  public boolean take(int amount, long nowNanos) {
    if (!allows(amount, nowNanos)) {
      return false;
    }
    tokens -= amount;
    return true;
  }

  /** Whether {@link #take} would take them now. */
  public boolean allows(int amount, long nowNanos) {
    tokens = tokensAt(nowNanos);
    filledAt = nowNanos;
    return tokens >= needed(amount);
  }

  /**
   * Takes tokens whether there are enough or not, but leaves at least {@code floor}, which may be
   * negative.
   *
   * @return the tokens that were taken
   */
  public double takeDownTo(double floor, int amount) {
    double left = Math.max(tokens - amount, Math.min(tokens, floor));
    double taken = tokens - left;
    tokens = left;
    return taken;
  }

  /** Tokens that were left after the last call; negative if it owes some. */
  public double balance() {
    return tokens;
  }

  /** Returns tokens that were taken by a call that is not carried out. */
  public void giveBack(double amount) {
    tokens = Math.min(capacity, tokens + amount);
  }

  /** Seconds until {@code amount} can be taken, counted from the last call of {@link #take}. */
  public double secondsUntil(int amount) {
    return Math.max(0, (needed(amount) - tokens) / perSecond);
  }

  /** Whole tokens that were left after the last call; 0 if it owes some. */
  public long available() {
    return (long) Math.max(0, tokens);
  }

  /** Whether the bucket is as good as a new one. */
  public boolean isFull(long nowNanos) {
    return tokensAt(nowNanos) >= capacity;
  }

  private double tokensAt(long nowNanos) {
    return Math.min(capacity, tokens + (nowNanos - filledAt) / NANOS_PER_SECOND * perSecond);
  }

  private double needed(int amount) {
    return Math.min(amount, capacity);
  }
}
