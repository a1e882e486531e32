package dev.switchboard.api;

import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/**
 * How many events each caller and each tenant may still bring to this node: buckets that fill at a
 * steady rate and hold two seconds' worth. Usable from every thread.
 */
public final class RateLimits {
  private static final double NANOS = 1e9;
  private static final int BURST_SECONDS = 2;
  private static final int MOST_BUCKETS = 100_000;

  private final int perCaller;
  private final int perTenant;
  private final LongSupplier nanoClock;
  private final ConcurrentMap<String, Bucket> buckets = new ConcurrentHashMap<>();

  /** Events a second; 0 sets no limit. */
  public RateLimits(int perCaller, int perTenant, LongSupplier nanoClock) {
    this.perCaller = perCaller;
    this.perTenant = perTenant;
    this.nanoClock = nanoClock;
  }

  /** What is left in a bucket after a call. */
  record Standing(String policy, int perSecond, long left, int retrySeconds) {
    boolean isRefused() {
      return retrySeconds > 0;
    }

    void describe(HttpServerResponse response) {
      response.putHeader("RateLimit-Policy", '"' + policy + "\";q=" + perSecond + ";w=1");
      response.putHeader(
          "RateLimit", '"' + policy + "\";r=" + left + ";t=" + Math.max(1, retrySeconds));
    }
  }

  /** Takes a caller's events out. */
  Standing ofCaller(String caller, int events) {
    return take("caller", "caller " + caller, perCaller, events);
  }

  /** Takes a tenant's events out. */
  Standing ofTenant(String tenant, int events) {
    return take("tenant", "tenant " + tenant, perTenant, events);
  }

  boolean limitsCallers() {
    return perCaller > 0;
  }

  boolean limitsTenants() {
    return perTenant > 0;
  }

  private Standing take(String policy, String key, int perSecond, int events) {
    if (perSecond == 0) {
      return new Standing(policy, 0, Long.MAX_VALUE, 0);
    }
    long now = nanoClock.getAsLong();
    if (buckets.size() > MOST_BUCKETS) {
      // A full bucket is what a new one would be.
      buckets.values().removeIf(bucket -> bucket.isFull(now));
    }
    Bucket bucket = buckets.computeIfAbsent(key, k -> new Bucket(perSecond, now));
    return bucket.take(policy, events, now);
  }

  private static final class Bucket {
    private final int perSecond;
    private double left;
    private long filled;

    Bucket(int perSecond, long now) {
      this.perSecond = perSecond;
      this.left = (double) perSecond * BURST_SECONDS;
      this.filled = now;
    }

    synchronized boolean isFull(long now) {
      return left + (now - filled) / NANOS * perSecond >= (double) perSecond * BURST_SECONDS;
    }

    /** A call larger than the bucket passes when it is full, else it never could. */
    synchronized Standing take(String policy, int events, long now) {
      double most = (double) perSecond * BURST_SECONDS;
      left = Math.min(most, left + (now - filled) / NANOS * perSecond);
      filled = now;
      double needed = Math.min(events, most);
      if (left < needed) {
        int seconds = (int) Math.ceil((needed - left) / perSecond);
        return new Standing(policy, perSecond, (long) Math.max(0, left), Math.max(1, seconds));
      }
      left -= events;
      return new Standing(policy, perSecond, (long) Math.max(0, left), 0);
    }
  }
}
