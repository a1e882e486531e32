package dev.switchboard.webhooks;

import dev.switchboard.bus.OwedDelivery;
import dev.switchboard.config.WebhooksConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.Attempt.Result;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a webhook may be called now: caps on calls in flight and rates, per webhook and per
 * tenant, and a breaker per webhook. All of it counts on this node alone. Belongs to one event
 * loop.
 */
final class Gate {
  private final WebhooksConfig config;
  private final LongSupplier nanos;
  private final Breaker.Rule rule;
  private final Map<Long, Integer> busyWebhooks = new HashMap<>();
  private final Map<TenantId, Integer> busyTenants = new HashMap<>();
  private final Map<Long, TokenBucket> webhookRates = new HashMap<>();
  private final Map<TenantId, TokenBucket> tenantRates = new HashMap<>();
  private final Map<Long, Breaker> breakers = new HashMap<>();
  private long waitMillis;
  private int calls;

  Gate(WebhooksConfig config, LongSupplier nanos) {
    this.config = config;
    this.nanos = nanos;
    this.rule =
        new Breaker.Rule(
            config.breakerMinCalls(),
            config.breakerFailurePercent(),
            config.breakerWindow(),
            config.breakerPause());
  }

  /** Calls in flight. */
  int calls() {
    return calls;
  }

  /** Whether that delivery may start now. */
  boolean lets(OwedDelivery delivery, int webhookRate) {
    long now = nanos.getAsLong();
    Breaker breaker = breakers.get(delivery.webhook());
    return calls < config.workers()
        && busyWebhooks.getOrDefault(delivery.webhook(), 0) < config.maxPerWebhook()
        && busyTenants.getOrDefault(delivery.tenant(), 0) < config.maxPerTenant()
        && (breaker == null || breaker.room(now, 1) > 0)
        && hasToken(rateOf(delivery.webhook(), webhookRate, now), now)
        && hasToken(rateOf(delivery.tenant(), now), now);
  }

  private boolean hasToken(@Nullable TokenBucket bucket, long now) {
    if (bucket == null || bucket.available(now) >= 1) {
      return true;
    }
    long wait = bucket.waitMillis(now);
    waitMillis = waitMillis == 0 ? wait : Math.min(waitMillis, wait);
    return false;
  }

  private @Nullable TokenBucket rateOf(long webhook, int perSecond, long now) {
    if (perSecond == 0) {
      return null;
    }
    return webhookRates.compute(
        webhook,
        (id, known) ->
            known != null && known.perSecond() == perSecond
                ? known
                : new TokenBucket(perSecond, now));
  }

  private @Nullable TokenBucket rateOf(TenantId tenant, long now) {
    return config.maxTenantRate() == 0
        ? null
        : tenantRates.computeIfAbsent(
            tenant, unknown -> new TokenBucket(config.maxTenantRate(), now));
  }

  /** Milliseconds until a rate that refused a call since the last question lets one go; or 0. */
  long takeWait() {
    long wait = waitMillis;
    waitMillis = 0;
    return wait;
  }

  /** How long the webhook's breaker holds deliveries back. */
  Duration pause(long webhook) {
    Breaker breaker = breakers.get(webhook);
    return breaker == null ? Duration.ZERO : breaker.pauseLeft(nanos.getAsLong());
  }

  void started(OwedDelivery delivery) {
    occupy(delivery, 1);
    long now = nanos.getAsLong();
    TokenBucket ofWebhook = webhookRates.get(delivery.webhook());
    if (ofWebhook != null) {
      ofWebhook.take(now);
    }
    TokenBucket ofTenant = tenantRates.get(delivery.tenant());
    if (ofTenant != null) {
      ofTenant.take(now);
    }
    Breaker breaker = breakers.get(delivery.webhook());
    if (breaker != null) {
      breaker.started();
    }
  }

  /** The call is over. */
  void freed(OwedDelivery delivery) {
    occupy(delivery, -1);
  }

  /** How it went; true if that shut the webhook's breaker. */
  boolean answered(OwedDelivery delivery, Attempt attempt) {
    // A receiver that refuses a request is well; only one that can't answer is kept away from.
    boolean failed = attempt.result() == Result.RETRY;
    long now = nanos.getAsLong();
    Breaker breaker = breakers.get(delivery.webhook());
    if (breaker == null) {
      if (!failed) {
        return false;
      }
      breaker = new Breaker(rule, now);
      breakers.put(delivery.webhook(), breaker);
    }
    return breaker.ended(failed, now);
  }

  private void occupy(OwedDelivery delivery, int change) {
    calls += change;
    busyWebhooks.merge(delivery.webhook(), change, Gate::sumOrNone);
    busyTenants.merge(delivery.tenant(), change, Gate::sumOrNone);
  }

  private static @Nullable Integer sumOrNone(int a, int b) {
    return a + b == 0 ? null : a + b;
  }

  /** What a claim must count as taken, per webhook: calls in flight, or the cap less its room. */
  Map<Long, Integer> takenByWebhook() {
    long now = nanos.getAsLong();
    int cap = config.maxPerWebhook();
    Map<Long, Integer> taken = new HashMap<>(busyWebhooks);
    breakers.forEach(
        (webhook, breaker) -> taken.merge(webhook, cap - breaker.room(now, cap), Math::max));
    webhookRates.forEach(
        (webhook, rate) ->
            taken.merge(webhook, cap - Math.min(cap, rate.available(now)), Math::max));
    return taken;
  }

  /** The same per tenant. */
  Map<TenantId, Integer> takenByTenant() {
    long now = nanos.getAsLong();
    int cap = config.maxPerTenant();
    Map<TenantId, Integer> taken = new HashMap<>(busyTenants);
    tenantRates.forEach(
        (tenant, rate) -> taken.merge(tenant, cap - Math.min(cap, rate.available(now)), Math::max));
    return taken;
  }

  /** Forgets what says nothing any more. */
  void tidy() {
    long now = nanos.getAsLong();
    breakers.values().removeIf(breaker -> breaker.isIdle(now));
    webhookRates.values().removeIf(rate -> rate.isFull(now));
    tenantRates.values().removeIf(rate -> rate.isFull(now));
  }
}
