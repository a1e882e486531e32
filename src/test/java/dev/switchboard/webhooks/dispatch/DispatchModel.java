package dev.switchboard.webhooks.dispatch;

import static java.util.Objects.requireNonNull;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.Deliveries;
import dev.switchboard.webhooks.call.Attempt;
import dev.switchboard.webhooks.call.Attempt.Result;
import dev.switchboard.webhooks.queue.ClaimBudget;
import dev.switchboard.webhooks.queue.QuickWebhooks;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A node that calls receivers in virtual time, with the limits and the queue of the real one and a
 * store in memory. Healthy webhooks get 5 events a second and answer after 5 ms; others get as many
 * and answer after 30 s, by the timeout, or never.
 */
final class DispatchModel {
  private static final long MILLI = 1_000_000;
  private static final long EVENT_EVERY = 200 * MILLI;
  private static final long ANSWER_AFTER = 5 * MILLI;
  private static final long TIMEOUT = 30_000 * MILLI;
  private static final long SWEEP_EVERY = 1_000 * MILLI;
  private static final int MAX_RETRIES = 3;

  private final PriorityQueue<Step> steps =
      new PriorityQueue<>(Comparator.comparingLong(Step::at).thenComparingLong(Step::number));
  private final Map<Long, Kind> webhooks = new TreeMap<>();
  private final Map<Long, TenantId> tenants = new HashMap<>();
  private final Map<Long, Deque<Stored>> store = new TreeMap<>();
  private final Map<Long, Long> acceptedAt = new HashMap<>();
  private final Map<Long, Long> startedAt = new HashMap<>();
  private final Map<Long, Integer> failures = new HashMap<>();
  private final Map<Long, ClaimedDelivery> inFlight = new HashMap<>();
  private final Map<Kind, Long> maxWait = new HashMap<>();
  private final DispatchLimits limits =
      new DispatchLimits(
          ConfigLoader.bind("test", new JsonObject(), name -> null).webhooks(),
          () -> this.now,
          webhook -> 0,
          this::wasFailing,
          new QuickWebhooks());
  private final ReadyQueue ready = new ReadyQueue(5_000, 500);
  private long now;
  private long numbers;
  private int hanging;
  private int maxHanging;
  private int hangingCalls;
  private int interrupted;
  private boolean stored;
  private boolean failuresKnown;

  /** Something that happens at a time. */
  private record Step(long at, long number, Runnable action) {}

  /** A delivery in the store. */
  private record Stored(ClaimedDelivery delivery, long dueAt) {}

  private enum Kind {
    HEALTHY,
    NEW,
    QUICK,
    HANGING
  }

  DispatchModel(int healthy) {
    for (int i = 0; i < healthy; i++) {
      add(Kind.HEALTHY, new TenantId("healthy-" + i));
    }
    at(SWEEP_EVERY, this::sweep);
  }

  /** Lets the node know from the past which webhooks fail. */
  void knowFailures() {
    failuresKnown = true;
  }

  private boolean wasFailing(long webhook) {
    return failuresKnown && webhooks.get(webhook) == Kind.HANGING;
  }

  /** Lets the first events wait in the store, as they do when a node starts. */
  void startWithABacklog() {
    stored = true;
  }

  /** Adds tenants that never answer. */
  void addHanging(int count, int webhooksOfEach) {
    addTenants(Kind.HANGING, count, webhooksOfEach);
  }

  /** Adds tenants that answer until {@link #stopAnswering}. */
  void addQuick(int count, int webhooksOfEach) {
    addTenants(Kind.QUICK, count, webhooksOfEach);
  }

  /** Adds one tenant that answers. */
  void addHealthy() {
    add(Kind.NEW, new TenantId("new"));
  }

  private void addTenants(Kind kind, int count, int webhooksOfEach) {
    for (int i = 0; i < count * webhooksOfEach; i++) {
      add(kind, new TenantId("other-" + i % count));
    }
  }

  private void add(Kind kind, TenantId tenant) {
    long webhook = webhooks.size() + 1L;
    webhooks.put(webhook, kind);
    tenants.put(webhook, tenant);
    // Not all at the same time, and those that hang before the others.
    at(kind == Kind.HANGING ? 0 : webhook * MILLI, () -> accept(webhook));
  }

  void stopAnswering() {
    webhooks.replaceAll((webhook, kind) -> kind == Kind.QUICK ? Kind.HANGING : kind);
  }

  void run(Duration time) {
    long end = now + time.toNanos();
    while (!steps.isEmpty() && steps.element().at() <= end) {
      Step step = steps.remove();
      now = step.at();
      step.action().run();
    }
    now = end;
  }

  private void at(long after, Runnable action) {
    steps.add(new Step(now + after, numbers++, action));
  }

  private void accept(long webhook) {
    TenantId tenant = tenants.getOrDefault(webhook, new TenantId("none"));
    ClaimedDelivery delivery = Deliveries.claimed(numbers++, webhook, tenant);
    acceptedAt.put(delivery.id(), now);
    if (stored && now < SWEEP_EVERY / 2) {
      put(delivery, 0);
    } else {
      offer(delivery);
    }
    startReady();
    at(EVENT_EVERY, () -> accept(webhook));
  }

  private void offer(ClaimedDelivery delivery) {
    long webhook = delivery.webhook();
    Duration pause = limits.pause(webhook);
    boolean backlog = store.containsKey(webhook);
    if (pause.isZero()
        && ready.hasRoomFor(delivery)
        && ready.size(webhook) < limits.maxWaiting(webhook)
        && (!backlog || ready.size(webhook) < limits.ahead(webhook) / 2)) {
      ready.add(delivery);
    } else {
      put(delivery, pause.toNanos());
    }
  }

  private void put(ClaimedDelivery delivery, long pause) {
    store
        .computeIfAbsent(delivery.webhook(), webhook -> new ArrayDeque<>())
        .add(new Stored(delivery, now + pause));
  }

  private void sweep() {
    startReady();
    poll();
    at(SWEEP_EVERY, this::sweep);
  }

  /** Claims as the statement does: the first of each webhook before the second of any. */
  private void poll() {
    ClaimBudget budget = limits.claimBudget(ready);
    Map<TenantId, Integer> taken = new HashMap<>();
    List<ClaimedDelivery> claimed = new ArrayList<>();
    boolean more = true;
    for (int nth = 1; more; nth++) {
      more = false;
      for (long webhook : List.copyOf(store.keySet())) {
        TenantId tenant = tenants.getOrDefault(webhook, new TenantId("none"));
        boolean room =
            claimed.size() < budget.total()
                && nth <= budget.of(webhook)
                && taken.getOrDefault(tenant, 0) < budget.of(tenant);
        ClaimedDelivery due = room ? takeDue(webhook) : null;
        if (due != null) {
          claimed.add(due);
          taken.merge(tenant, 1, Integer::sum);
          more = true;
        }
      }
    }
    claimed.forEach(ready::add);
    startReady();
  }

  private @Nullable ClaimedDelivery takeDue(long webhook) {
    Deque<Stored> queue = store.get(webhook);
    if (queue == null || queue.element().dueAt() > now) {
      return null;
    }
    ClaimedDelivery due = queue.remove().delivery();
    if (queue.isEmpty()) {
      store.remove(webhook);
    }
    return due;
  }

  private void startReady() {
    ClaimedDelivery next = limits.next(ready);
    while (next != null) {
      start(next);
      next = limits.next(ready);
    }
    Long overdue = limits.callToInterrupt();
    if (overdue != null) {
      interrupt(requireNonNull(inFlight.get(overdue)));
    }
  }

  /** Ends a call of a receiver that hangs; the delivery is due again after two seconds. */
  private void interrupt(ClaimedDelivery delivery) {
    interrupted++;
    at(0, () -> ended(delivery, true, true));
  }

  private void start(ClaimedDelivery delivery) {
    limits.started(delivery);
    inFlight.put(delivery.id(), delivery);
    long began = now;
    Kind kind = webhooks.getOrDefault(delivery.webhook(), Kind.HEALTHY);
    long waited = now - acceptedAt.getOrDefault(delivery.id(), now);
    maxWait.merge(kind, waited, Math::max);
    boolean hangs = kind == Kind.HANGING;
    if (hangs) {
      hangingCalls++;
      maxHanging = Math.max(maxHanging, ++hanging);
    }
    startedAt.put(delivery.id(), began);
    at(
        hangs ? TIMEOUT : ANSWER_AFTER,
        () -> {
          // Unless it was interrupted, and perhaps started again.
          if (inFlight.containsKey(delivery.id())
              && startedAt.getOrDefault(delivery.id(), -1L) == began) {
            ended(delivery, hangs, false);
          }
        });
  }

  private void ended(ClaimedDelivery delivery, boolean hung, boolean early) {
    hanging -= hung ? 1 : 0;
    inFlight.remove(delivery.id());
    int millis = (int) ((now - startedAt.getOrDefault(delivery.id(), now)) / MILLI);
    if (limits.evaluate(delivery, attempt(hung, millis))) {
      long pause = limits.pause(delivery.webhook()).toNanos();
      ready
          .removeIf(waiting -> waiting.webhook() == delivery.webhook())
          .forEach(waiting -> put(waiting, pause));
    }
    limits.ended(delivery);
    if (early) {
      put(delivery, 2_000 * MILLI);
    } else if (hung && failures.merge(delivery.id(), 1, Integer::sum) <= MAX_RETRIES) {
      put(delivery, (1_000 * MILLI) << failures.getOrDefault(delivery.id(), 1));
    }
    startReady();
    poll();
  }

  private static Attempt attempt(boolean hung, int millis) {
    return hung
        ? new Attempt(Result.RETRY, null, null, "timeout_headers: none", millis)
        : new Attempt(Result.DELIVERED, 200, null, null, (int) (ANSWER_AFTER / MILLI));
  }

  DispatchLimits limits() {
    return limits;
  }

  Duration maxHealthyWait() {
    return Duration.ofNanos(maxWait.getOrDefault(Kind.HEALTHY, 0L));
  }

  Duration maxNewWait() {
    return Duration.ofNanos(maxWait.getOrDefault(Kind.NEW, Long.MAX_VALUE));
  }

  /** Deliveries of healthy webhooks that were accepted and not called. */
  int waitingHealthy() {
    int waiting = 0;
    for (Map.Entry<Long, Kind> webhook : webhooks.entrySet()) {
      if (webhook.getValue() == Kind.HEALTHY) {
        Deque<Stored> stored = store.get(webhook.getKey());
        waiting += ready.size(webhook.getKey()) + (stored == null ? 0 : stored.size());
      }
    }
    return waiting;
  }

  /** The most calls of hanging receivers that were in flight at once. */
  int maxHanging() {
    return maxHanging;
  }

  /** How many calls were ended early. */
  int interrupted() {
    return interrupted;
  }

  /** How often hanging receivers were called. */
  int hangingCalls() {
    return hangingCalls;
  }
}
