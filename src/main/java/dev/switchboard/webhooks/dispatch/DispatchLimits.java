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
 * Decides whether a webhook may be called now, and how many of its deliveries may wait in memory:
 * limits on calls in flight per webhook and tenant, rates, and a circuit breaker per webhook.
 *
 * <p>Limits and breakers are this node's own: they protect its workers. A rate protects the
 * receiver and is shared by all nodes. Belongs to one event loop.
 */
final class DispatchLimits {
  private static final long KEEP_LATENCY_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** How many seconds' calls may wait under a rate; well below the lease of a claim. */
  private static final int MAX_SECONDS_WAITING = 5;

  /** Maximum number of deliveries in a claim. */
  private static final int MAX_CLAIMED = 500;

  private final WebhooksConfig config;
  private final LongSupplier nanos;
  private final LongToIntFunction rates;
  private final Breaker.Rule rule;
  private final Allowances allowances = new Allowances();
  private final Map<Long, Integer> busyWebhooks = new HashMap<>();
  private final Map<TenantId, Integer> busyTenants = new HashMap<>();
  private final Map<Long, CallLatency> webhookLatencies = new HashMap<>();
  private final Map<TenantId, CallLatency> tenantLatencies = new HashMap<>();
  private final Map<Long, Breaker> breakers = new HashMap<>();
  private @Nullable CallLatency callLatency;
  private int calls;

  /**
   * Limits with no call in flight.
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

  /** The calls that rates allow; more must be requested when a delivery could not start. */
  Allowances allowances() {
    return allowances;
  }

  /** Whether {@code delivery} may start now. */
  boolean mayStart(ClaimedDelivery delivery) {
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

  /** How long the breaker of {@code webhook} stays open. */
  Duration pause(long webhook) {
    Breaker breaker = breakers.get(webhook);
    return breaker == null ? Duration.ZERO : breaker.pauseLeft(nanos.getAsLong());
  }

  /** Counts a call that starts. */
  void started(ClaimedDelivery delivery) {
    occupy(delivery, 1);
    allowances.take(scope(delivery.webhook()));
    allowances.take(scope(delivery.tenant()));
    Breaker breaker = breakers.get(delivery.webhook());
    if (breaker != null) {
      breaker.started();
    }
  }

  /** Counts a call that ended. */
  void ended(ClaimedDelivery delivery) {
    occupy(delivery, -1);
  }

  /** Evaluates an attempt; returns whether it opened the webhook's breaker. */
  boolean evaluate(ClaimedDelivery delivery, Attempt attempt) {
    // A receiver that refuses a request works; only one that can't answer opens the breaker.
    boolean failed = attempt.result() == Result.RETRY;
    long now = nanos.getAsLong();
    addLatency(delivery, attempt.durationMillis(), now);
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

  private void addLatency(ClaimedDelivery delivery, int millis, long now) {
    CallLatency first = CallLatency.of(millis, now);
    callLatency = callLatency == null ? first : callLatency.with(millis, now);
    webhookLatencies.merge(delivery.webhook(), first, (old, last) -> old.with(millis, now));
    tenantLatencies.merge(delivery.tenant(), first, (old, last) -> old.with(millis, now));
  }

  private void occupy(ClaimedDelivery delivery, int change) {
    calls += change;
    busyWebhooks.merge(delivery.webhook(), change, DispatchLimits::sumOrNone);
    busyTenants.merge(delivery.tenant(), change, DispatchLimits::sumOrNone);
  }

  private static @Nullable Integer sumOrNone(int a, int b) {
    return a + b == 0 ? null : a + b;
  }

  /** How many deliveries of {@code webhook} may wait in memory and will be called soon. */
  int ahead(long webhook) {
    return ahead(webhookLatencies.get(webhook), config.maxPerWebhook(), rates.applyAsInt(webhook));
  }

  private int ahead(TenantId tenant) {
    return ahead(tenantLatencies.get(tenant), config.maxPerTenant(), config.maxTenantRate());
  }

  /** Under a rate at most one second's calls wait, however quick the receiver is. */
  private static int ahead(@Nullable CallLatency callLatency, int cap, int perSecond) {
    int ahead = callLatency == null ? 0 : callLatency.ahead(cap);
    return perSecond == 0 ? ahead : Math.min(ahead, perSecond);
  }

  /** Maximum number of fresh deliveries of {@code webhook} in memory. */
  int maxWaiting(long webhook) {
    int perSecond = rates.applyAsInt(webhook);
    return perSecond == 0 ? Integer.MAX_VALUE : MAX_SECONDS_WAITING * perSecond;
  }

  /** What a claim may take, given the deliveries that already wait in memory. */
  ClaimBudget claimBudget(ReadyQueue ready) {
    int total = config.workers() + ahead(callLatency, config.workers(), 0) - calls - ready.size();
    return new ClaimBudget(
        Math.min(MAX_CLAIMED, total),
        config.maxPerWebhook(),
        config.maxPerTenant(),
        webhookBudgets(ready),
        tenantBudgets(ready));
  }

  private Map<Long, Integer> webhookBudgets(ReadyQueue ready) {
    long now = nanos.getAsLong();
    Map<Long, Integer> budgets = new HashMap<>();
    webhookLatencies.keySet().forEach(webhook -> budgets.put(webhook, 0));
    busyWebhooks.forEach(budgets::put);
    ready.byWebhook().forEach((webhook, waiting) -> budgets.merge(webhook, waiting, Integer::sum));
    budgets.replaceAll((webhook, here) -> config.maxPerWebhook() + ahead(webhook) - here);
    breakers.forEach(
        (webhook, breaker) ->
            budgets.compute(
                webhook,
                (id, budget) ->
                    breaker.room(now, budget == null ? config.maxPerWebhook() : budget)));
    return budgets;
  }

  private Map<TenantId, Integer> tenantBudgets(ReadyQueue ready) {
    Map<TenantId, Integer> budgets = new HashMap<>();
    tenantLatencies.keySet().forEach(tenant -> budgets.put(tenant, 0));
    busyTenants.forEach(budgets::put);
    ready.byTenant().forEach((tenant, waiting) -> budgets.merge(tenant, waiting, Integer::sum));
    budgets.replaceAll((tenant, here) -> config.maxPerTenant() + ahead(tenant) - here);
    return budgets;
  }

  /** Removes what is no longer of use. */
  void removeOld() {
    long now = nanos.getAsLong();
    breakers.values().removeIf(breaker -> breaker.isIdle(now));
    webhookLatencies.values().removeIf(callLatency -> now - callLatency.at() > KEEP_LATENCY_NANOS);
    tenantLatencies.values().removeIf(callLatency -> now - callLatency.at() > KEEP_LATENCY_NANOS);
    allowances.removeOld(now);
  }
}
