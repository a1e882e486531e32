package dev.switchboard.webhooks.dispatch;

import static java.util.Objects.requireNonNull;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.config.WebhooksConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.call.Attempt;
import dev.switchboard.webhooks.dispatch.ReadyQueue.Waiting;
import dev.switchboard.webhooks.dispatch.Receiver.Standing;
import dev.switchboard.webhooks.queue.ClaimBudget;
import dev.switchboard.webhooks.queue.QuickWebhooks;
import dev.switchboard.webhooks.report.BreakerStore.NodeBreaker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.function.LongToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a webhook may be called now, and how many of its deliveries may wait in memory:
 * shares of the workers per webhook and tenant, rates, and a circuit breaker per webhook.
 *
 * <p>Shares and breakers are this node's own: they protect its workers. A rate protects the
 * receiver and is shared by all nodes. Belongs to one event loop.
 */
final class DispatchLimits {
  private static final long KEEP_LATENCY_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** How many seconds' calls may wait under a rate; well below the lease of a claim. */
  private static final int MAX_SECONDS_WAITING = 5;

  /** Fresh deliveries of a webhook that may wait in memory while it is not known to be quick. */
  private static final int MAX_WAITING_NOT_QUICK = 20;

  /** Maximum number of deliveries in a claim. */
  private static final int MAX_CLAIMED = 500;

  private final WebhooksConfig config;
  private final LongSupplier nanos;
  private final LongToIntFunction rates;
  private final QuickWebhooks quick;
  private final Allowances allowances = new Allowances();
  private final WorkerShares shares;
  private final Breakers breakers;
  private final Map<Long, CallLatency> webhookLatencies = new HashMap<>();
  private final Map<TenantId, CallLatency> tenantLatencies = new HashMap<>();
  private @Nullable CallLatency callLatency;
  private boolean tenantsWait;

  /**
   * Limits with no call in flight.
   *
   * @param rates calls per second of a webhook; 0: no limit
   * @param wasFailing whether the last call of a webhook failed, on any node
   * @param quick is notified how long the calls of each webhook take
   */
  DispatchLimits(
      WebhooksConfig config,
      LongSupplier nanos,
      LongToIntFunction rates,
      LongPredicate wasFailing,
      QuickWebhooks quick) {
    this.config = config;
    this.quick = quick;
    this.nanos = nanos;
    this.rates = rates;
    this.shares = new WorkerShares(config, wasFailing);
    this.breakers = new Breakers(config);
  }

  /** Calls in flight. */
  int calls() {
    return shares.calls();
  }

  /** Breakers that are not closed. */
  List<NodeBreaker> breakers() {
    return breakers.notClosed(nanos.getAsLong());
  }

  /** The calls that rates allow; more must be requested when a delivery could not start. */
  Allowances allowances() {
    return allowances;
  }

  /** Whether {@code delivery} may start now. */
  boolean mayStart(ClaimedDelivery delivery) {
    long now = nanos.getAsLong();
    return shares.mayStart(delivery.webhook(), delivery.tenant(), now) && isFree(delivery);
  }

  /** Whether neither breaker nor rate is in the way. */
  private boolean isFree(ClaimedDelivery delivery) {
    long now = nanos.getAsLong();
    return breakers.room(delivery.webhook(), 1, now) > 0 && isWithinRates(delivery, now);
  }

  private boolean isWithinRates(ClaimedDelivery delivery, long now) {
    int perSecond = rates.applyAsInt(delivery.webhook());
    int ofTenant = config.maxTenantRate();
    return (perSecond == 0 || allowances.has(scope(delivery.webhook()), perSecond, now))
        && (ofTenant == 0 || allowances.has(scope(delivery.tenant()), ofTenant, now));
  }

  /** Takes the delivery out of {@code ready} that starts next; null if none may start. */
  @Nullable ClaimedDelivery next(ReadyQueue ready) {
    long now = nanos.getAsLong();
    if (!shares.isCrowded(now)) {
      tenantsWait = false;
      return shares.calls() < config.workers() ? ready.next(this::mayStart) : null;
    }
    ClaimedDelivery first = ready.next(waiting -> isFirst(waiting, now) && mayStart(waiting));
    tenantsWait = first == null && ready.any(waiting -> isFirst(waiting, now) && isFree(waiting));
    if (first != null || shares.calls() >= config.workers()) {
      return first;
    }
    return tenantsWait
        ? ready.next(waiting -> shares.isInGoodStanding(waiting.tenant(), now) && mayStart(waiting))
        : ready.next(this::mayStart);
  }

  private boolean isFirst(ClaimedDelivery delivery, long now) {
    return shares.isFirst(delivery.tenant(), now);
  }

  /**
   * The delivery whose call is to be ended now, because a tenant waits for its first worker; null
   * if none is. To be asked after {@link #next} found none to start.
   */
  @Nullable Long callToInterrupt() {
    return tenantsWait ? shares.takeOverdue(nanos.getAsLong()) : null;
  }

  private static String scope(long webhook) {
    return "webhook:" + webhook;
  }

  private static String scope(TenantId tenant) {
    return "tenant:" + tenant;
  }

  /** How long the breaker of {@code webhook} stays open. */
  Duration pause(long webhook) {
    return breakers.pauseLeft(webhook, nanos.getAsLong());
  }

  /** Counts a call that starts. */
  void started(ClaimedDelivery delivery) {
    shares.started(delivery, nanos.getAsLong());
    if (!allowances.isEmpty()) {
      allowances.take(scope(delivery.webhook()));
      allowances.take(scope(delivery.tenant()));
    }
    breakers.started(delivery.webhook());
  }

  /** Counts a call that ended. */
  void ended(ClaimedDelivery delivery) {
    shares.ended(delivery, nanos.getAsLong());
  }

  /** Undoes {@link #started} of a call that was not made. */
  void notCalled(ClaimedDelivery delivery) {
    shares.notCalled(delivery, nanos.getAsLong());
    breakers.notCalled(delivery.webhook());
  }

  /** Evaluates an attempt; returns whether it opened the webhook's breaker. */
  boolean evaluate(ClaimedDelivery delivery, Attempt attempt) {
    long now = nanos.getAsLong();
    addLatency(delivery, attempt.durationMillis(), now);
    return breakers.ended(delivery.webhook(), attempt, now);
  }

  /**
   * Closes the breaker of a webhook whose receiver answers; returns whether it was not closed
   * before.
   */
  boolean closeBreaker(long webhook) {
    return breakers.close(webhook, nanos.getAsLong());
  }

  /** The averages over many webhooks leave out slow ones, whose calls they can't speed up. */
  private void addLatency(ClaimedDelivery delivery, int millis, long now) {
    CallLatency first = CallLatency.of(millis, now);
    CallLatency average =
        requireNonNull(
            webhookLatencies.merge(
                delivery.webhook(), first, (old, last) -> old.with(millis, now)));
    quick.measured(delivery.webhook(), average.millis());
    if (TimeUnit.MILLISECONDS.toNanos(millis) <= Receiver.QUICK_NANOS) {
      callLatency = callLatency == null ? first : callLatency.with(millis, now);
      tenantLatencies.merge(delivery.tenant(), first, (old, last) -> old.with(millis, now));
    }
  }

  /** How many deliveries of {@code webhook} may wait in memory and will be called soon. */
  int ahead(long webhook) {
    if (shares.standing(webhook, nanos.getAsLong()) != Standing.QUICK) {
      return 0;
    }
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
    int ofRate = perSecond == 0 ? Integer.MAX_VALUE : MAX_SECONDS_WAITING * perSecond;
    return shares.standing(webhook, nanos.getAsLong()) == Standing.QUICK
        ? ofRate
        : Math.min(MAX_WAITING_NOT_QUICK, ofRate);
  }

  /**
   * Returns how many deliveries a claim may take, given those in {@code ready}. Those of webhooks
   * that are not known to be quick take no room from others: they may have to wait for long.
   */
  ClaimBudget claimBudget(ReadyQueue ready) {
    return new Budgeting(ready.waiting(), nanos.getAsLong()).budget();
  }

  /** Removes idle breakers, those of unknown webhooks, and expired measurements. */
  void removeOld(LongPredicate isKnown) {
    long now = nanos.getAsLong();
    breakers.removeOld(isKnown, now);
    shares.removeOld(now);
    webhookLatencies
        .entrySet()
        .removeIf(
            latency -> {
              boolean old = now - latency.getValue().at() > KEEP_LATENCY_NANOS;
              if (old) {
                quick.forget(latency.getKey());
              }
              return old;
            });
    tenantLatencies.values().removeIf(callLatency -> now - callLatency.at() > KEEP_LATENCY_NANOS);
    allowances.removeOld(now);
  }

  /** The calculation of one budget. */
  private final class Budgeting {
    private final List<Waiting> waiting;
    private final long now;
    private final int quickWaiting;
    private final boolean roomForUnproven;
    private final boolean roomForSlow;

    Budgeting(List<Waiting> waiting, long now) {
      this.waiting = waiting;
      this.now = now;
      this.quickWaiting = waiting.stream().filter(this::isQuick).mapToInt(Waiting::count).sum();
      int slowTenants =
          waiting.stream().filter(this::isOfSlowTenant).mapToInt(Waiting::count).sum();
      int others = waiting.stream().mapToInt(Waiting::count).sum() - quickWaiting - slowTenants;
      this.roomForUnproven = others < config.workers();
      this.roomForSlow =
          slowTenants < config.workers() && shares.room(Standing.SLOW, now) > 0 && !tenantsWait;
    }

    private boolean isOfSlowTenant(Waiting one) {
      return !isQuick(one) && !shares.isInGoodStanding(one.tenant(), now);
    }

    private boolean isQuick(Waiting one) {
      return shares.standing(one.webhook(), now) == Standing.QUICK;
    }

    ClaimBudget budget() {
      int ahead = DispatchLimits.ahead(callLatency, config.workers(), 0);
      int total = config.workers() + ahead - shares.calls() - quickWaiting;
      return new ClaimBudget(
          Math.min(MAX_CLAIMED, total),
          roomForUnproven ? 1 : 0,
          config.maxPerTenant(),
          webhooks(),
          tenants());
    }

    private Map<Long, Integer> webhooks() {
      Map<Long, Integer> here = new HashMap<>();
      webhookLatencies.keySet().forEach(webhook -> here.put(webhook, 0));
      shares.forEach(now, (webhook, standing) -> addCalls(here, webhook, standing));
      waiting.forEach(one -> here.merge(one.webhook(), one.count(), Integer::sum));
      Map<Long, Integer> budgets = new HashMap<>();
      here.forEach((webhook, count) -> budgets.put(webhook, room(webhook) - count));
      breakers.forEachLimited(
          now,
          (webhook, room) ->
              budgets.compute(
                  webhook, (id, budget) -> Math.min(room, budget == null ? 1 : budget)));
      return budgets;
    }

    /** Quick webhooks that are not called now get the same budget as unknown ones, if that is 1. */
    private void addCalls(Map<Long, Integer> here, long webhook, Standing standing) {
      int calls = shares.calls(webhook);
      if (calls > 0 || standing == Standing.SLOW || !roomForUnproven) {
        here.merge(webhook, calls, Integer::sum);
      }
    }

    private int room(long webhook) {
      Standing standing = shares.standing(webhook, now);
      boolean mayClaim =
          standing == Standing.QUICK || (standing == Standing.SLOW ? roomForSlow : roomForUnproven);
      return mayClaim ? shares.share(webhook, now) + ahead(webhook) : 0;
    }

    private Map<TenantId, Integer> tenants() {
      Map<TenantId, Integer> here = new HashMap<>();
      tenantLatencies.keySet().forEach(tenant -> here.put(tenant, 0));
      shares.busyTenants().forEach((tenant, calls) -> here.merge(tenant, calls, Integer::sum));
      waiting.stream()
          .filter(this::isQuick)
          .forEach(one -> here.merge(one.tenant(), one.count(), Integer::sum));
      Map<TenantId, Integer> budgets = new HashMap<>();
      here.forEach(
          (tenant, count) -> budgets.put(tenant, config.maxPerTenant() + ahead(tenant) - count));
      if (!roomForSlow) {
        shares.forEachSlowTenant(now, tenant -> budgets.put(tenant, 0));
      }
      return budgets;
    }
  }
}
