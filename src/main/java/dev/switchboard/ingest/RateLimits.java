package dev.switchboard.ingest;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.TenantId;
import dev.switchboard.time.Ticker;
import dev.switchboard.time.TokenBucket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits the events per second that each caller and each tenant may publish to this node, by HTTP
 * or over sockets. Bursts of two seconds' worth pass. Anonymous visitors get at most half of their
 * tenant's rate, so that they can't block its people. Usable from every thread.
 */
public final class RateLimits {
  private static final int BURST_SECONDS = 2;
  private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Callers beyond this number share one bucket. */
  static final int MAX_BUCKETS = 100_000;

  private final int perCaller;
  private final int perTenant;
  private final Ticker ticker;
  private final ConcurrentMap<String, TokenBucket> buckets = new ConcurrentHashMap<>();
  private final AtomicLong swept;

  /**
   * Makes limits without any caller yet.
   *
   * @param perCaller events per second of one caller; 0 for no limit
   * @param perTenant events per second of one tenant; 0 for no limit
   */
  public RateLimits(int perCaller, int perTenant, Ticker ticker) {
    this.perCaller = perCaller;
    this.perTenant = perTenant;
    this.ticker = ticker;
    this.swept = new AtomicLong(ticker.nanos() - SWEEP_NANOS);
  }

  /**
   * One limit after a call.
   *
   * @param policy name of the limit in the {@code RateLimit} headers
   * @param remaining events that may be published at once
   * @param retrySeconds 0 if the limit allowed the call
   */
  public record Quota(String policy, int perSecond, long remaining, int retrySeconds) {
    boolean isExceeded() {
      return retrySeconds > 0;
    }
  }

  /** Events of one call that count against one limit. */
  private record Charge(String policy, String subject, int perSecond, int events) {
    String key() {
      return policy + " " + subject;
    }

    TokenBucket newBucket(long now) {
      return new TokenBucket(perSecond, perSecond * BURST_SECONDS, now);
    }

    Quota quota(TokenBucket bucket, int retrySeconds) {
      return new Quota(policy, perSecond, bucket.available(), retrySeconds);
    }
  }

  /** Counts one event against every limit, or against none; false if a limit is exceeded. */
  public boolean takeOne(Principal caller, TenantId tenant) {
    return take(caller, Map.of(tenant, 1)).stream().noneMatch(Quota::isExceeded);
  }

  /**
   * Counts the events of a call against every limit, or against none if one of them is exceeded.
   *
   * @param events number of events by tenant
   */
  public List<Quota> take(Principal caller, Map<TenantId, Integer> events) {
    long now = ticker.nanos();
    List<Charge> charges = charges(caller, events);
    List<TokenBucket> charged = charges.stream().map(charge -> bucket(charge, now)).toList();
    List<Quota> quotas = new ArrayList<>(charges.size());
    for (int i = 0; i < charges.size(); i++) {
      quotas.add(take(charges.get(i), charged.get(i), now));
    }
    if (quotas.stream().anyMatch(Quota::isExceeded)) {
      for (int i = 0; i < charges.size(); i++) {
        if (!quotas.get(i).isExceeded()) {
          quotas.set(i, giveBack(charges.get(i), charged.get(i)));
        }
      }
    }
    return quotas;
  }

  private static Quota take(Charge charge, TokenBucket bucket, long now) {
    synchronized (bucket) {
      boolean taken = bucket.take(charge.events(), now);
      int retrySeconds =
          taken ? 0 : Math.max(1, (int) Math.ceil(bucket.secondsUntil(charge.events())));
      return charge.quota(bucket, retrySeconds);
    }
  }

  private static Quota giveBack(Charge charge, TokenBucket bucket) {
    synchronized (bucket) {
      bucket.giveBack(charge.events());
      return charge.quota(bucket, 0);
    }
  }

  private List<Charge> charges(Principal caller, Map<TenantId, Integer> events) {
    List<Charge> charges = new ArrayList<>(1 + events.size());
    if (perCaller > 0) {
      int all = events.values().stream().mapToInt(Integer::intValue).sum();
      charges.add(new Charge("caller", caller.identity(), perCaller, all));
    }
    if (perTenant > 0) {
      events.forEach(
          (tenant, count) -> charges.add(new Charge("tenant", tenant.value(), perTenant, count)));
    }
    if (perTenant > 0 && caller instanceof Principal.Visitor visitor) {
      int perSecond = Math.max(1, perTenant / 2);
      charges.add(new Charge("visitors", visitor.tenant().value(), perSecond, 1));
    }
    return charges;
  }

  private TokenBucket bucket(Charge charge, long now) {
    TokenBucket known = buckets.get(charge.key());
    if (known != null) {
      return known;
    }
    if (buckets.size() >= MAX_BUCKETS) {
      removeFullBuckets(now);
    }
    String key = buckets.size() < MAX_BUCKETS ? charge.key() : charge.policy();
    return buckets.computeIfAbsent(key, missing -> charge.newBucket(now));
  }

  /** A full bucket is as good as a new one. At most once a second: a sweep reads all buckets. */
  private void removeFullBuckets(long now) {
    long before = swept.get();
    if (now - before >= SWEEP_NANOS && swept.compareAndSet(before, now)) {
      buckets.values().removeIf(bucket -> isFull(bucket, now));
    }
  }

  private static boolean isFull(TokenBucket bucket, long now) {
    synchronized (bucket) {
      return bucket.isFull(now);
    }
  }

  int buckets() {
    return buckets.size();
  }
}
