package dev.switchboard.time;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Limits how often something may happen per key: bursts up to a number, and then at a steady rate.
 * Remembers the keys that were used last; one that was forgotten starts again. Usable from every
 * thread.
 */
public final class KeyedLimit {
  private static final int MAX_KEYS = 10_000;
  private static final double SECONDS_PER_MINUTE = 60;

  private final int perMinute;
  private final Ticker ticker;
  private final Map<Object, TokenBucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

  /** Allows each key {@code perMinute} at once, and as many in each minute. */
  public KeyedLimit(int perMinute, Ticker ticker) {
    this.perMinute = perMinute;
    this.ticker = ticker;
  }

  /**
   * Counts one for the key unless its limit is exceeded.
   *
   * @return 0 if it was counted, or else the seconds until another one will be
   */
  public synchronized int secondsUntilAllowed(Object key) {
    long now = ticker.nanos();
    TokenBucket bucket =
        buckets.computeIfAbsent(
            key, unknown -> new TokenBucket(perMinute / SECONDS_PER_MINUTE, perMinute, now));
    boolean counted = bucket.take(1, now);
    forgetLeastUsed();
    return counted ? 0 : Math.max(1, (int) Math.ceil(bucket.secondsUntil(1)));
  }

  private void forgetLeastUsed() {
    if (buckets.size() > MAX_KEYS) {
      Object eldest = buckets.keySet().iterator().next();
      TokenBucket unused = buckets.remove(eldest);
    }
  }
}
