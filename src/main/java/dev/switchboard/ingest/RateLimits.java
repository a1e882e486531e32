package dev.switchboard.ingest;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.TenantId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * How many events each caller and each tenant may still bring to this node, by HTTP or over
 * sockets: buckets that fill at a steady rate and hold two seconds' worth. Anonymous visitors have
 * half of their tenant's rate at most, so that they can't silence its people. Usable from every
 * thread.
 */
public final class RateLimits {
  private static final double NANOS = 1e9;
  private static final int BURST_SECONDS = 2;
  private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** More callers than that at once share what one of them has. */
  static final int MAX_BUCKETS = 100_000;

  private final int perCaller;
  private final int perTenant;
  private final LongSupplier nanoClock;
  private final ConcurrentMap<String, Bucket> buckets = new ConcurrentHashMap<>();
  private final AtomicLong swept;

  /** Events a second; 0 sets no limit. */
  public RateLimits(int perCaller, int perTenant, LongSupplier nanoClock) {
    this.perCaller = perCaller;
    this.perTenant = perTenant;
    this.nanoClock = nanoClock;
    this.swept = new AtomicLong(nanoClock.getAsLong() - SWEEP_NANOS);
  }

  /** What is left in a bucket after a call. */
  public record Standing(String policy, int perSecond, long left, int retrySeconds) {
    boolean isRefused() {
      return retrySeconds > 0;
    }
  }

  /** What one call takes out of one bucket. */
  private record Draw(String policy, String whose, int perSecond, int events) {
    String key() {
      return policy + " " + whose;
    }
  }

  /** Takes one event out of every bucket it counts in, or out of none; false if it must wait. */
  public boolean takeOne(Principal caller, TenantId tenant) {
    return take(caller, Map.of(tenant, 1)).stream().noneMatch(Standing::isRefused);
  }

  /** Takes a call's events, counted by tenant, out of every bucket, or out of none. */
  public List<Standing> take(Principal caller, Map<TenantId, Integer> events) {
    long now = nanoClock.getAsLong();
    List<Draw> draws = draws(caller, events);
    List<Bucket> from = draws.stream().map(draw -> bucket(draw, now)).toList();
    List<Standing> standings = new ArrayList<>(draws.size());
    for (int i = 0; i < draws.size(); i++) {
      standings.add(from.get(i).take(draws.get(i), now));
    }
    if (standings.stream().anyMatch(Standing::isRefused)) {
      for (int i = 0; i < draws.size(); i++) {
        if (!standings.get(i).isRefused()) {
          standings.set(i, from.get(i).giveBack(draws.get(i)));
        }
      }
    }
    return standings;
  }

  private List<Draw> draws(Principal caller, Map<TenantId, Integer> events) {
    List<Draw> draws = new ArrayList<>(1 + events.size());
    if (perCaller > 0) {
      int all = events.values().stream().mapToInt(Integer::intValue).sum();
      draws.add(new Draw("caller", caller.identity(), perCaller, all));
    }
    if (perTenant > 0) {
      events.forEach(
          (tenant, some) -> draws.add(new Draw("tenant", tenant.value(), perTenant, some)));
    }
    if (perTenant > 0 && caller instanceof Principal.Visitor visitor) {
      int most = Math.max(1, perTenant / 2);
      draws.add(new Draw("visitors", visitor.tenant().value(), most, 1));
    }
    return draws;
  }

  private Bucket bucket(Draw draw, long now) {
    Bucket known = buckets.get(draw.key());
    if (known != null) {
      return known;
    }
    if (buckets.size() >= MAX_BUCKETS) {
      sweep(now);
    }
    String key = buckets.size() < MAX_BUCKETS ? draw.key() : draw.policy();
    return buckets.computeIfAbsent(key, k -> new Bucket(draw.perSecond(), now));
  }

  /** A full bucket is what a new one would be. One look a second finds nearly all there is. */
  private void sweep(long now) {
    long before = swept.get();
    if (now - before >= SWEEP_NANOS && swept.compareAndSet(before, now)) {
      buckets.values().removeIf(bucket -> bucket.isFull(now));
    }
  }

  int buckets() {
    return buckets.size();
  }

  private static final class Bucket {
    private final double most;
    private final int perSecond;
    private double left;
    private long filled;

    Bucket(int perSecond, long now) {
      this.perSecond = perSecond;
      this.most = (double) perSecond * BURST_SECONDS;
      this.left = most;
      this.filled = now;
    }

    synchronized boolean isFull(long now) {
      return left + (now - filled) / NANOS * perSecond >= most;
    }

    /** A call larger than the bucket passes when it is full, else it never could. */
    synchronized Standing take(Draw draw, long now) {
      left = Math.min(most, left + (now - filled) / NANOS * perSecond);
      filled = now;
      double needed = Math.min(draw.events(), most);
      if (left < needed) {
        int seconds = (int) Math.ceil((needed - left) / perSecond);
        return standing(draw, Math.max(1, seconds));
      }
      left -= draw.events();
      return standing(draw, 0);
    }

    synchronized Standing giveBack(Draw draw) {
      left = Math.min(most, left + draw.events());
      return standing(draw, 0);
    }

    private Standing standing(Draw draw, int retrySeconds) {
      return new Standing(draw.policy(), perSecond, (long) Math.max(0, left), retrySeconds);
    }
  }
}
