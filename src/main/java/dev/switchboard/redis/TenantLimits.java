package dev.switchboard.redis;

import static java.util.Objects.requireNonNull;

import dev.switchboard.config.SwitchboardConfig.Limits;
import dev.switchboard.event.LogId;
import dev.switchboard.event.TenantId;
import dev.switchboard.time.Ticker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The limits of tenants, with what this node knows about their use: refusals are counted, and
 * logged at most once a minute for each limit; the highest use is a metric. One per node; usable
 * from every thread.
 */
public final class TenantLimits {
  private static final Logger log = LoggerFactory.getLogger(TenantLimits.class);
  private static final long INTERVAL_NANOS = Duration.ofMinutes(1).toNanos();

  private final Limits config;
  private final Ticker ticker;
  private final Map<TenantLimit, Use> uses = new EnumMap<>(TenantLimit.class);

  public TenantLimits(Limits config, MeterRegistry metrics) {
    this(config, metrics, Ticker.SYSTEM);
  }

  TenantLimits(Limits config, MeterRegistry metrics, Ticker ticker) {
    this.config = config;
    this.ticker = ticker;
    for (TenantLimit limit : TenantLimit.values()) {
      uses.put(limit, new Use(limit, metrics));
    }
  }

  public Limits config() {
    return config;
  }

  /** Adds what a script that may create the log of a topic needs, to its keys and arguments. */
  public void addTopic(Keys keys, LogId log, List<String> scriptKeys, List<Object> arguments) {
    if (log.topic() != null) {
      scriptKeys.add(keys.topicUsage(log.tenant()).get(0));
      arguments.add(log.topic().value());
      arguments.add(config.topics());
    }
  }

  /** Makes the failure of a request of {@code tenant} that exceeds {@code limit}. */
  public LimitReachedException reached(TenantId tenant, TenantLimit limit) {
    requireNonNull(uses.get(limit)).refused(tenant);
    return new LimitReachedException(limit);
  }

  /** Records how much of a limit some tenant uses. */
  public void used(TenantLimit limit, long used, long maximum) {
    requireNonNull(uses.get(limit)).record((double) used / Math.max(1, maximum));
  }

  /** The refusals by one limit, and its highest use within about a minute. */
  private final class Use {
    private final TenantLimit limit;
    private final Counter refused;
    private long loggedAt = ticker.nanos() - INTERVAL_NANOS;
    private double highest;
    private long highestAt = loggedAt;

    Use(TenantLimit limit, MeterRegistry metrics) {
      this.limit = limit;
      refused =
          Counter.builder("switchboard.tenant.limit.refused")
              .description("Requests refused because a tenant has all that it may have in Redis")
              .tag("limit", limit.wireName())
              .register(metrics);
      Gauge.builder("switchboard.tenant.limit.highest.use", this::highest)
          .description("Highest use by a tenant that this node saw within a minute; 1: the limit")
          .tag("limit", limit.wireName())
          .register(metrics);
    }

    synchronized void record(double use) {
      long now = ticker.nanos();
      if (use >= highest || now - highestAt >= INTERVAL_NANOS) {
        highest = use;
        highestAt = now;
      }
    }

    synchronized double highest() {
      return ticker.nanos() - highestAt < 2 * INTERVAL_NANOS ? highest : 0;
    }

    synchronized void refused(TenantId tenant) {
      refused.increment();
      record(1);
      long now = ticker.nanos();
      if (now - loggedAt >= INTERVAL_NANOS) {
        loggedAt = now;
        log.atWarn()
            .addKeyValue("tenantId", tenant)
            .addKeyValue("limit", limit.wireName())
            .log("A tenant has all that it may have in Redis; its requests for more get 429");
      }
    }
  }
}
