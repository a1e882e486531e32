package dev.switchboard.ingest;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.TenantId;
import dev.switchboard.ingest.RateBucket.Kind;
import dev.switchboard.time.Ticker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Limits the events per second that each caller and each tenant may publish to this node, by HTTP
 * or over sockets. Bursts of two seconds' worth pass. Of a tenant's rate, half is kept for its
 * backends, a quarter for its people and a quarter for its visitors while they use it; visitors get
 * at most half. Usable from every thread.
 */
public final class RateLimits {
  private static final String CALLER = "caller";
  private static final String TENANT = "tenant";
  private static final String VISITORS = "visitors";
  private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Callers beyond this number share one bucket. */
  static final int MAX_BUCKETS = 100_000;

  private final int perCaller;
  private final int perTenant;
  private final Ticker ticker;
  private final ConcurrentMap<String, RateBucket> buckets = new ConcurrentHashMap<>();
  private final AtomicLong swept;
  private final Map<String, Counter> refusals;

  /**
   * Makes limits without any caller yet.
   *
   * @param perCaller events per second of one caller; 0 for no limit
   * @param perTenant events per second of one tenant; 0 for no limit
   */
  public RateLimits(int perCaller, int perTenant, Ticker ticker) {
    this(perCaller, perTenant, ticker, new CompositeMeterRegistry());
  }

  /** As the other constructor; refused calls are counted in {@code metrics}. */
  public RateLimits(int perCaller, int perTenant, Ticker ticker, MeterRegistry metrics) {
    this.perCaller = perCaller;
    this.perTenant = perTenant;
    this.ticker = ticker;
    this.swept = new AtomicLong(ticker.nanos() - SWEEP_NANOS);
    this.refusals =
        Stream.of(CALLER, TENANT, VISITORS)
            .collect(Collectors.toMap(policy -> policy, policy -> refused(policy, metrics)));
  }

  private static Counter refused(String policy, MeterRegistry metrics) {
    return Counter.builder("switchboard.rate.limited")
        .description("Calls and messages refused because a rate limit was exceeded")
        .tag("limit", policy)
        .register(metrics);
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

    RateBucket newBucket(long now) {
      return policy.equals(TENANT)
          ? RateBucket.divided(perSecond, now)
          : RateBucket.undivided(perSecond, now);
    }

    Quota quota(RateBucket.Outcome outcome) {
      return new Quota(policy, perSecond, outcome.remaining(), outcome.retrySeconds());
    }
  }

  /** What a charge did to its bucket. */
  private record Taken(Charge charge, RateBucket bucket, RateBucket.Outcome outcome) {}

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
    Kind kind = Kind.of(caller);
    List<Charge> charges = charges(caller, events);
    List<Taken> taken = new ArrayList<>(charges.size());
    boolean refused = false;
    for (Charge charge : charges) {
      RateBucket bucket = bucket(charge, now);
      RateBucket.Outcome outcome = bucket.take(kind, charge.events(), now);
      taken.add(new Taken(charge, bucket, outcome));
      refused |= outcome.isRefused();
    }
    List<Quota> quotas = new ArrayList<>(taken.size());
    for (Taken one : taken) {
      quotas.add(refused ? withdraw(kind, one) : one.charge().quota(one.outcome()));
    }
    return quotas;
  }

  /** Gives back what one limit allowed, because another one is exceeded. */
  private Quota withdraw(Kind kind, Taken taken) {
    Charge charge = taken.charge();
    if (taken.outcome().isRefused()) {
      requireNonNull(refusals.get(charge.policy())).increment();
      return charge.quota(taken.outcome());
    }
    return charge.quota(taken.bucket().giveBack(kind, taken.outcome()));
  }

  private List<Charge> charges(Principal caller, Map<TenantId, Integer> events) {
    List<Charge> charges = new ArrayList<>(1 + events.size());
    if (perCaller > 0) {
      int all = events.values().stream().mapToInt(Integer::intValue).sum();
      charges.add(new Charge(CALLER, caller.identity(), perCaller, all));
    }
    if (perTenant > 0) {
      events.forEach(
          (tenant, count) -> charges.add(new Charge(TENANT, tenant.value(), perTenant, count)));
    }
    if (perTenant > 0 && caller instanceof Principal.Visitor visitor) {
      int perSecond = Math.max(1, perTenant / 2);
      charges.add(new Charge(VISITORS, visitor.tenant().value(), perSecond, 1));
    }
    return charges;
  }

  private RateBucket bucket(Charge charge, long now) {
    RateBucket known = buckets.get(charge.key());
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
      buckets.values().removeIf(bucket -> bucket.isFull(now));
    }
  }

  int buckets() {
    return buckets.size();
  }
}
