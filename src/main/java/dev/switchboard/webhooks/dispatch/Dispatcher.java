package dev.switchboard.webhooks.dispatch;

import static java.util.Objects.requireNonNull;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.config.WebhooksConfig;
import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.webhooks.call.Attempt;
import dev.switchboard.webhooks.call.Attempt.Result;
import dev.switchboard.webhooks.call.WebhookCaller;
import dev.switchboard.webhooks.dispatch.AttemptRecorder.Recorded;
import dev.switchboard.webhooks.queue.ClaimBudget;
import dev.switchboard.webhooks.queue.Claims;
import dev.switchboard.webhooks.queue.DeliveryStores;
import dev.switchboard.webhooks.registry.Webhook;
import dev.switchboard.webhooks.registry.WebhookSet;
import dev.switchboard.webhooks.report.BreakerStore.NodeBreaker;
import dev.switchboard.webhooks.report.WebhookMeters;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which delivery is called when: with a fixed number of workers, a limit per webhook and
 * per tenant so that a dead endpoint does not delay others, fresh deliveries from memory and the
 * rest claimed from the store.
 *
 * <p>Belongs to one event loop. Memory holds only claims: losing all of them costs time, never a
 * delivery.
 */
public final class Dispatcher {
  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

  private final TableSnapshot<WebhookSet> webhooks;
  private final WebhookCaller caller;
  private final AttemptRecorder recorder;
  private final ReadyQueue ready;
  private final DispatchLimits limits;
  private final RateRequests rates;
  private final Claims claims;
  private final WebhookMeters meters;
  private final Map<Long, Promise<Void>> interruptions = new HashMap<>();
  private boolean stopping;
  private @Nullable Promise<Void> idle;

  /**
   * What a dispatcher works with.
   *
   * @param wasFailing whether the last call of a webhook failed, on any node
   */
  public record Work(
      DeliveryStores stores,
      TableSnapshot<WebhookSet> webhooks,
      WebhookCaller caller,
      AttemptRecorder recorder,
      LongPredicate wasFailing) {}

  public Dispatcher(Vertx vertx, WebhooksConfig config, Work work, WebhookMeters meters) {
    this.webhooks = work.webhooks();
    this.caller = work.caller();
    this.recorder = work.recorder();
    this.meters = meters;
    this.limits =
        new DispatchLimits(
            config, System::nanoTime, this::rate, work.wasFailing(), work.stores().quick());
    this.rates =
        new RateRequests(
            vertx, work.stores().rates(), limits.allowances(), meters, this::startReady);
    this.ready = new ReadyQueue(config.maxReady(), config.maxReadyPerWebhook());
    this.claims =
        new Claims(vertx, work.stores().claims(), this::claimBudget, this::claimed, meters);
  }

  /** Without the webhooks that this node can't call: their deliveries are left to other nodes. */
  private ClaimBudget claimBudget() {
    WebhookSet known = webhooks.state();
    return limits.claimBudget(ready).without(known == null ? Set.of() : known.sealed());
  }

  /** Takes fresh deliveries into memory, or gives them back to the store. */
  public void offer(List<ClaimedDelivery> deliveries) {
    for (ClaimedDelivery delivery : deliveries) {
      Duration pause = limits.pause(delivery.webhook());
      if (!stopping && pause.isZero() && mayWaitInMemory(delivery)) {
        ready.add(delivery);
      } else {
        giveBack(delivery, pause);
      }
    }
    startReady();
  }

  /**
   * Deliveries that keep an order go through the store, which knows their predecessors; and fresh
   * deliveries may not overtake a backlog there.
   */
  private boolean mayWaitInMemory(ClaimedDelivery delivery) {
    long webhook = delivery.webhook();
    return ready.hasRoomFor(delivery)
        && ready.size(webhook) < limits.maxWaiting(webhook)
        && !keepsOrder(webhook)
        && !isSealed(webhook)
        && (!claims.hasBacklog(webhook) || ready.size(webhook) < limits.ahead(webhook) / 2);
  }

  private Optional<Webhook> find(long webhook) {
    WebhookSet known = webhooks.state();
    return known == null ? Optional.empty() : known.find(webhook);
  }

  private boolean keepsOrder(long webhook) {
    return find(webhook).map(Webhook::keepsOrder).orElse(false);
  }

  private boolean isSealed(long webhook) {
    WebhookSet known = webhooks.state();
    return known != null && known.sealed().contains(webhook);
  }

  private int rate(long webhook) {
    return find(webhook).map(known -> known.options().rateLimit()).orElse(0);
  }

  /**
   * Gives back deliveries that waited in memory until their claim no longer covered a call, and
   * starts those that may start by now.
   */
  void giveBackStale() {
    limits.removeOld(this::isKnown);
    giveBackAll(
        delivery ->
            find(delivery.webhook())
                .filter(webhook -> webhook.active() && NextStep.claimCovers(delivery, webhook))
                .isEmpty(),
        Duration.ZERO);
    startReady();
  }

  /** Before the first load of the table every webhook may exist. */
  private boolean isKnown(long webhook) {
    WebhookSet known = webhooks.state();
    return known == null || known.find(webhook).filter(Webhook::active).isPresent();
  }

  /**
   * Closes the breaker of a webhook whose receiver answered a test call, and calls what waited for
   * it.
   */
  public void receiverAnswered(long webhook) {
    if (limits.closeBreaker(webhook)) {
      claims.bringForward(webhook);
    }
  }

  /** Gives back a delivery that waits in memory, because it was cancelled in the store. */
  public void recall(long webhook, long delivery) {
    giveBackAll(waiting -> waiting.webhook() == webhook && waiting.id() == delivery, Duration.ZERO);
  }

  /** Gives back all deliveries of a webhook that wait in memory. */
  public void recallAll(long webhook) {
    giveBackAll(waiting -> waiting.webhook() == webhook, Duration.ZERO);
  }

  /** Claims due deliveries from the store, if there is room for any. */
  void poll() {
    claims.poll();
  }

  private void claimed(List<ClaimedDelivery> claimed) {
    for (ClaimedDelivery delivery : claimed) {
      Duration pause = limits.pause(delivery.webhook());
      if (stopping || !pause.isZero()) {
        giveBack(delivery, pause);
      } else {
        ready.add(delivery);
      }
    }
    startReady();
  }

  private void startReady() {
    ClaimedDelivery next = limits.next(ready);
    while (next != null) {
      start(next);
      next = limits.next(ready);
    }
    interruptOverdueCall();
    rates.send();
  }

  /** Frees a worker for a tenant that waits for its first; the call is made again later. */
  private void interruptOverdueCall() {
    Long delivery = limits.callToInterrupt();
    if (delivery != null) {
      requireNonNull(interruptions.get(delivery)).complete();
    }
  }

  private void start(ClaimedDelivery delivery) {
    NextStep step = NextStep.of(delivery, find(delivery.webhook()));
    if (step instanceof NextStep.Call call) {
      call(delivery, call.webhook());
    } else if (step instanceof NextStep.GiveBack giveBack) {
      giveBack(delivery, giveBack.pause());
    } else if (step instanceof NextStep.Fail fail) {
      fail(delivery, fail.webhook(), fail.reason());
    } else {
      drop(delivery);
    }
  }

  private void call(ClaimedDelivery delivery, Webhook webhook) {
    limits.started(delivery);
    interruptions.put(delivery.id(), Promise.promise());
    if (delivery.called()) {
      callNow(delivery, webhook);
      return;
    }
    claims
        .markCalled(delivery)
        .onSuccess(
            held -> {
              if (held) {
                callNow(delivery, webhook);
              } else {
                notCalled(delivery);
              }
            })
        .onFailure(
            failure -> {
              notCalled(delivery);
              giveBack(delivery, Duration.ZERO);
            });
  }

  private void notCalled(ClaimedDelivery delivery) {
    limits.notCalled(delivery);
    interruptions.remove(delivery.id());
    freed(delivery.webhook());
  }

  private void callNow(ClaimedDelivery delivery, Webhook webhook) {
    Future<Void> interruption = requireNonNull(interruptions.get(delivery.id())).future();
    // Composed, so that an exception frees the worker.
    Future.succeededFuture(webhook)
        .compose(called -> caller.call(delivery, called, interruption))
        .onSuccess(attempt -> ended(delivery, webhook, attempt))
        .onComplete(
            done -> {
              limits.ended(delivery);
              interruptions.remove(delivery.id());
              freed(delivery.webhook());
            });
  }

  /** Its row may be corrected before the next attempt. */
  private void fail(ClaimedDelivery delivery, Webhook webhook, String reason) {
    Attempt attempt = new Attempt(Result.RETRY, null, null, "malformed: " + reason, 0);
    recorder.record(delivery, webhook, attempt).onSuccess(recorded -> recorded(webhook, recorded));
  }

  private void drop(ClaimedDelivery delivery) {
    Future<?> unused =
        claims.drop(delivery).onSuccess(done -> pollIfOrdered(delivery, Duration.ZERO));
  }

  /** The worker is free again before the attempt is written: the claim outlives the call. */
  private void ended(ClaimedDelivery delivery, Webhook webhook, Attempt attempt) {
    meters.called(attempt);
    if (limits.evaluate(delivery, attempt)) {
      holdBack(webhook);
    }
    if (attempt.isInterrupted()) {
      Future<?> unused = recorder.interrupted(delivery, attempt);
    } else {
      recorder
          .record(delivery, webhook, attempt)
          .onSuccess(recorded -> recorded(webhook, recorded));
    }
  }

  private void recorded(Webhook webhook, @Nullable Recorded recorded) {
    if (recorded != null && recorded.retryAfter() != null) {
      claims.pollAfter(recorded.retryAfter());
    } else if (webhook.keepsOrder()) {
      poll();
    }
  }

  /** Its breaker opened: gives back its deliveries in memory until it may be tried again. */
  private void holdBack(Webhook webhook) {
    Duration pause = limits.pause(webhook.id());
    log.atInfo()
        .addKeyValue("webhookId", webhook.id())
        .addKeyValue("pause", pause)
        .log("Too many calls of the webhook fail; its deliveries wait");
    giveBackAll(delivery -> delivery.webhook() == webhook.id(), pause);
    claims.pollAfter(pause);
  }

  /** A worker that a delivery of {@code webhook} held is free. */
  private void freed(long webhook) {
    startReady();
    if (claims.hasBacklog(webhook) && ready.size(webhook) <= limits.ahead(webhook) / 2) {
      poll();
    }
    if (stopping && limits.calls() == 0 && idle != null) {
      idle.tryComplete();
    }
  }

  /** Gives back the selected deliveries that wait in memory. */
  private void giveBackAll(Predicate<ClaimedDelivery> selected, Duration pause) {
    ready.removeIf(selected).forEach(delivery -> giveBack(delivery, pause));
  }

  private void giveBack(ClaimedDelivery delivery, Duration pause) {
    Future<?> unused =
        claims.giveBack(delivery, pause).onSuccess(done -> pollIfOrdered(delivery, pause));
  }

  /** The next delivery of the order may be due at once. */
  private void pollIfOrdered(ClaimedDelivery delivery, Duration pause) {
    if (pause.isZero() && keepsOrder(delivery.webhook())) {
      poll();
    }
  }

  /** Starts no more calls; completes when those in flight ended and the rest was given back. */
  public Future<Void> stop() {
    stopping = true;
    rates.stop();
    claims.stop();
    Promise<Void> callsEnded = Promise.promise();
    idle = callsEnded;
    if (limits.calls() == 0) {
      callsEnded.complete();
    }
    ready.drain().forEach(delivery -> giveBack(delivery, Duration.ZERO));
    return callsEnded.future().compose(done -> recorder.stop()).compose(done -> claims.drained());
  }

  /** The circuit breakers of this node that are not closed. */
  public List<NodeBreaker> breakers() {
    return limits.breakers();
  }

  /** Sets the gauges of this node. */
  public void observe() {
    meters.onThisNode(ready.size(), limits.calls(), limits.breakers());
  }
}
