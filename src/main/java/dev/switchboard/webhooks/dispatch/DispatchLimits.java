package dev.switchboard.webhooks.dispatch;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.config.WebhooksConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.call.Attempt;
import dev.switchboard.webhooks.call.Attempt.Result;
import dev.switchboard.webhooks.queue.ClaimBudget;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.LongToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a webhook may be called now, and how many of its deliveries may wait here: caps on
 * calls in flight per webhook and tenant, rates, and a breaker per webhook.
 *
 * <p>Caps and breakers are this node's own: they protect its workers. A rate is a promise to the
 * receiver and is shared by all nodes. Belongs to one event loop.
 */
final class DispatchLimits {
  private static final long FORGET_PACE_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** Under a rate; well below the time that a claim lasts. */
  private static final int SECONDS_WAITING = 5;

  /** The most deliveries one claim takes. */
  private static final int MAX_CLAIMED = 500;

  private final WebhooksConfig config;
  private final LongSupplier nanos;
  private final LongToIntFunction rates;
  private final Breaker.Rule rule;
  private final Allowances allowances = new Allowances();
  private final Map<Long, Integer> busyWebhooks = new HashMap<>();
  private final Map<TenantId, Integer> busyTenants = new HashMap<>();
  private final Map<Long, CallLatency> webhookPaces = new HashMap<>();
  private final Map<TenantId, CallLatency> tenantPaces = new HashMap<>();
  private final Map<Long, Breaker> breakers = new HashMap<>();
  private @Nullable CallLatency callLatency;
  private int calls;

  /**
   * With nothing in flight.
   *
   * @param rates calls per second of a webhook; 0: no limit
   */
  DispatchLimits(WebhooksConfig config, LongSupplier nanos, LongToIntFunction rates) {
    this.config = config;
    this.nanos = nanos;
    this.rates = rates;
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

  /** Webhooks whose breaker is not closed. */
  int openBreakers() {
    return (int) breakers.values().stream().filter(breaker -> !breaker.isClosed()).count();
  }

  /** What rates allow; ask it for more when a delivery could not start. */
  Allowances allowances() {
    return allowances;
  }

  /** Whether that delivery may start now. */
  boolean lets(ClaimedDelivery delivery) {
    long now = nanos.getAsLong();
    Breaker breaker = breakers.get(delivery.webhook());
    return calls < config.workers()
        && busyWebhooks.getOrDefault(delivery.webhook(), 0) < config.maxPerWebhook()
        && busyTenants.getOrDefault(delivery.tenant(), 0) < config.maxPerTenant()
        && (breaker == null || breaker.room(now, 1) > 0)
        && allowances.has(scope(delivery.webhook()), rates.applyAsInt(delivery.webhook()), now)
        && allowances.has(scope(delivery.tenant()), config.maxTenantRate(), now);
  }

  private static String scope(long webhook) {
    return "webhook:" + webhook;
  }

  private static String scope(TenantId tenant) {
    return "tenant:" + tenant;
  }

  /** How long the webhook's breaker holds deliveries back. */
  Duration pause(long webhook) {
    Breaker breaker = breakers.get(webhook);
    return breaker == null ? Duration.ZERO : breaker.pauseLeft(nanos.getAsLong());
  }

  void started(ClaimedDelivery delivery) {
    occupy(delivery, 1);
    allowances.take(scope(delivery.webhook()));
    allowances.take(scope(delivery.tenant()));
    Breaker breaker = breakers.get(delivery.webhook());
    if (breaker != null) {
      breaker.started();
    }
  }

  /** The call is over. */
  void freed(ClaimedDelivery delivery) {
    occupy(delivery, -1);
  }

  /** How it went; true if that shut the webhook's breaker. */
  boolean answered(ClaimedDelivery delivery, Attempt attempt) {
    // A receiver that refuses a request is well; only one that can't answer is kept away from.
    boolean failed = attempt.result() == Result.RETRY;
    long now = nanos.getAsLong();
    int millis = attempt.durationMillis();
    callLatency = callLatency == null ? CallLatency.of(millis, now) : callLatency.with(millis, now);
    webhookPaces.merge(
        delivery.webhook(), CallLatency.of(millis, now), (old, last) -> old.with(millis, now));
    tenantPaces.merge(
        delivery.tenant(), CallLatency.of(millis, now), (old, last) -> old.with(millis, now));
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

  private void occupy(ClaimedDelivery delivery, int change) {
    calls += change;
    busyWebhooks.merge(delivery.webhook(), change, DispatchLimits::sumOrNone);
    busyTenants.merge(delivery.tenant(), change, DispatchLimits::sumOrNone);
  }

  private static @Nullable Integer sumOrNone(int a, int b) {
    return a + b == 0 ? null : a + b;
  }

  /** Deliveries of that webhook that may wait in memory and will be called soon. */
  int ahead(long webhook) {
    return ahead(webhookPaces.get(webhook), config.maxPerWebhook(), rates.applyAsInt(webhook));
  }

  private int ahead(TenantId tenant) {
    return ahead(tenantPaces.get(tenant), config.maxPerTenant(), config.maxTenantRate());
  }

  /** Under a rate no more than a second's worth waits, however quick the receiver is. */
  private static int ahead(@Nullable CallLatency callLatency, int cap, int perSecond) {
    int ahead = callLatency == null ? 0 : callLatency.ahead(cap);
    return perSecond == 0 ? ahead : Math.min(ahead, perSecond);
  }

  /** Fresh deliveries of that webhook that may wait in memory, where they must not grow old. */
  int mostWaiting(long webhook) {
    int perSecond = rates.applyAsInt(webhook);
    return perSecond == 0 ? Integer.MAX_VALUE : SECONDS_WAITING * perSecond;
  }

  /** What a claim may take beside the deliveries that wait here. */
  ClaimBudget room(ReadyQueue ready) {
    long now = nanos.getAsLong();
    Map<Long, Integer> webhooks = new HashMap<>();
    webhookPaces.keySet().forEach(webhook -> webhooks.put(webhook, 0));
    busyWebhooks.forEach(webhooks::put);
    ready.byWebhook().forEach((webhook, waiting) -> webhooks.merge(webhook, waiting, Integer::sum));
    webhooks.replaceAll((webhook, here) -> config.maxPerWebhook() + ahead(webhook) - here);
    breakers.forEach(
        (webhook, breaker) ->
            webhooks.compute(
                webhook,
                (id, claimBudget) ->
                    breaker.room(now, claimBudget == null ? config.maxPerWebhook() : claimBudget)));
    Map<TenantId, Integer> tenants = new HashMap<>();
    tenantPaces.keySet().forEach(tenant -> tenants.put(tenant, 0));
    busyTenants.forEach(tenants::put);
    ready.byTenant().forEach((tenant, waiting) -> tenants.merge(tenant, waiting, Integer::sum));
    tenants.replaceAll((tenant, here) -> config.maxPerTenant() + ahead(tenant) - here);
    int total = config.workers() + ahead(callLatency, config.workers(), 0) - calls - ready.size();
    return new ClaimBudget(
        Math.min(MAX_CLAIMED, total),
        config.maxPerWebhook(),
        config.maxPerTenant(),
        webhooks,
        tenants);
  }

  /** Forgets what says nothing any more. */
  void tidy() {
    long now = nanos.getAsLong();
    breakers.values().removeIf(breaker -> breaker.isIdle(now));
    webhookPaces.values().removeIf(callLatency -> now - callLatency.at() > FORGET_PACE_NANOS);
    tenantPaces.values().removeIf(callLatency -> now - callLatency.at() > FORGET_PACE_NANOS);
    allowances.tidy(now);
  }
}
