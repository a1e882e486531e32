package dev.switchboard.webhooks;

import dev.switchboard.bus.OwedDelivery;
import dev.switchboard.config.WebhooksConfig;
import dev.switchboard.postgres.Batcher;
import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.webhooks.AttemptRecorder.Recorded;
import dev.switchboard.webhooks.ClaimStore.Unused;
import dev.switchboard.webhooks.WebhookMeters.Step;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which delivery is called when: a fixed number of workers, a cap per webhook and per
 * tenant so that a dead endpoint holds nobody up, fresh deliveries from memory, the rest claimed
 * from the store.
 *
 * <p>Belongs to one event loop. What it holds in memory is only ever a claim: losing all of it
 * costs time, never a delivery.
 */
final class Dispatcher {
  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);
  private static final int GIVEN_BACK_PER_STATEMENT = 500;

  /** A webhook that is paused, deleted or malformed is asked for again only so often. */
  private static final Duration NOT_CALLABLE = Duration.ofSeconds(1);

  private final Vertx vertx;
  private final WebhooksConfig config;
  private final DeliveryStores stores;
  private final TableSnapshot<WebhookSet> webhooks;
  private final WebhookCaller caller;
  private final AttemptRecorder recorder;
  private final Batcher<Unused, Boolean> givingBack;
  private final ReadyQueue ready;
  private final Backlog backlog = new Backlog();
  private final Gate gate;
  private final RateRequests rates;
  private final WebhookMeters meters;
  private boolean claiming;
  private boolean claimAgain;
  private boolean stopping;
  private @Nullable Promise<Void> idle;

  Dispatcher(
      Vertx vertx,
      WebhooksConfig config,
      DeliveryStores stores,
      TableSnapshot<WebhookSet> webhooks,
      WebhookCaller caller,
      AttemptRecorder recorder,
      WebhookMeters meters) {
    this.vertx = vertx;
    this.config = config;
    this.stores = stores;
    this.webhooks = webhooks;
    this.caller = caller;
    this.recorder = recorder;
    this.meters = meters;
    this.gate = new Gate(config, System::nanoTime, this::rate);
    this.rates =
        new RateRequests(vertx, stores.rates(), gate.allowances(), meters, this::startReady);
    this.ready = new ReadyQueue(config.maxReady(), config.maxReadyPerWebhook());
    this.givingBack =
        new Batcher<>(
            unused -> stores.claims().release(unused).map(Collections.nCopies(unused.size(), true)),
            GIVEN_BACK_PER_STATEMENT,
            1,
            Integer.MAX_VALUE);
  }

  /** Takes fresh deliveries into memory, or gives them to the store. */
  void offer(List<OwedDelivery> deliveries) {
    for (OwedDelivery delivery : deliveries) {
      Duration pause = gate.pause(delivery.webhook());
      if (!stopping && pause.isZero() && mayWaitHere(delivery)) {
        ready.add(delivery);
      } else {
        giveBack(delivery, pause);
      }
    }
    startReady();
  }

  /**
   * What must keep an order goes through the store, which knows what stands before; and behind a
   * backlog there the fresh ones may not push in.
   */
  private boolean mayWaitHere(OwedDelivery delivery) {
    long webhook = delivery.webhook();
    return ready.hasRoomFor(delivery)
        && ready.size(webhook) < gate.mostWaiting(webhook)
        && !find(webhook).map(Webhook::keepsOrder).orElse(false)
        && (!backlog.of(webhook) || ready.size(webhook) < gate.ahead(webhook) / 2);
  }

  private Optional<Webhook> find(long webhook) {
    WebhookSet known = webhooks.state();
    return known == null ? Optional.empty() : known.find(webhook);
  }

  /** Gives back what waited in memory so long that its claim no longer covers a call. */
  void giveBackStale() {
    gate.tidy();
    ready
        .removeIf(
            delivery ->
                find(delivery.webhook())
                    .filter(webhook -> webhook.active() && claimCovers(delivery, webhook))
                    .isEmpty())
        .forEach(delivery -> giveBack(delivery, Duration.ZERO));
  }

  /** Gives back what waits in memory, because it was cancelled in the store. */
  void recall(long webhook, long delivery) {
    ready
        .removeIf(
            waiting -> waiting.webhook() == webhook && (delivery == 0 || waiting.id() == delivery))
        .forEach(recalled -> giveBack(recalled, Duration.ZERO));
  }

  /** Looks for due work in the store, if there is room for any. */
  void poll() {
    if (claiming) {
      claimAgain = true;
      return;
    }
    Room room = gate.room(ready);
    if (stopping || room.total() <= 0) {
      return;
    }
    claiming = true;
    stores
        .claims()
        .claim(room)
        .onSuccess(claimed -> claimed(claimed, room))
        .onFailure(failure -> failed(Step.CLAIM, "claim due deliveries", failure))
        .onComplete(done -> claimSettled());
  }

  private void claimed(List<OwedDelivery> claimed, Room room) {
    backlog.claimed(claimed, room);
    for (OwedDelivery delivery : claimed) {
      Duration pause = gate.pause(delivery.webhook());
      if (stopping || !pause.isZero()) {
        giveBack(delivery, pause);
      } else {
        ready.add(delivery);
      }
    }
    startReady();
  }

  private void claimSettled() {
    claiming = false;
    if (claimAgain) {
      claimAgain = false;
      poll();
    }
  }

  private void startReady() {
    while (gate.calls() < config.workers()) {
      OwedDelivery next = ready.next(gate::lets);
      if (next == null) {
        break;
      }
      start(next);
    }
    rates.send();
  }

  private int rate(long webhook) {
    return find(webhook).map(known -> known.options().rateLimit()).orElse(0);
  }

  private void start(OwedDelivery delivery) {
    Optional<Webhook> webhook = find(delivery.webhook());
    if (webhook.isEmpty() || !webhook.get().active()) {
      giveBack(delivery, NOT_CALLABLE);
      return;
    }
    if (!claimCovers(delivery, webhook.get())) {
      giveBack(delivery, Duration.ZERO);
      return;
    }
    gate.started(delivery);
    caller
        .call(delivery, webhook.get())
        .onSuccess(attempt -> ended(delivery, webhook.get(), attempt))
        .onComplete(done -> freed(delivery));
  }

  /** A call that could outlive its claim might be made twice at once. */
  private static boolean claimCovers(OwedDelivery delivery, Webhook webhook) {
    return delivery.claimEnds() - System.nanoTime() > webhook.timeout().toNanos();
  }

  /** The worker is free again before the attempt is written: the claim outlives the call. */
  private void ended(OwedDelivery delivery, Webhook webhook, Attempt attempt) {
    meters.called(attempt);
    if (gate.answered(delivery, attempt)) {
      holdBack(webhook);
    }
    recorder.record(delivery, webhook, attempt).onSuccess(recorded -> recorded(webhook, recorded));
  }

  private void recorded(Webhook webhook, @Nullable Recorded recorded) {
    if (recorded != null && recorded.retryAfter() != null) {
      pollAfter(recorded.retryAfter());
    } else if (webhook.keepsOrder()) {
      poll();
    }
  }

  /** Its breaker opened: what waits in memory goes back until it may be tried again. */
  private void holdBack(Webhook webhook) {
    Duration pause = gate.pause(webhook.id());
    log.atInfo()
        .addKeyValue("webhookId", webhook.id())
        .addKeyValue("pause", pause)
        .log("The webhook hardly answers; its deliveries wait");
    ready
        .removeIf(delivery -> delivery.webhook() == webhook.id())
        .forEach(delivery -> giveBack(delivery, pause));
    pollAfter(pause);
  }

  private void pollAfter(Duration pause) {
    if (!stopping) {
      long unused = vertx.setTimer(pause.toMillis() + 1, fired -> poll());
    }
  }

  private void freed(OwedDelivery delivery) {
    gate.freed(delivery);
    startReady();
    long webhook = delivery.webhook();
    if (backlog.of(webhook) && ready.size(webhook) <= gate.ahead(webhook) / 2) {
      poll();
    }
    if (stopping && gate.calls() == 0 && idle != null) {
      idle.tryComplete();
    }
  }

  private void giveBack(OwedDelivery delivery, Duration pause) {
    backlog.add(delivery.webhook());
    givingBack
        .add(new Unused(delivery, pause))
        .onSuccess(released -> pollForOrdered(delivery, pause))
        .onFailure(failure -> failed(Step.GIVE_BACK, "give a delivery back", failure));
  }

  private void pollForOrdered(OwedDelivery delivery, Duration pause) {
    if (pause.isZero() && find(delivery.webhook()).map(Webhook::keepsOrder).orElse(false)) {
      poll();
    }
  }

  /** No new calls; completes when those in flight ended and the rest was given back. */
  Future<Void> stop() {
    stopping = true;
    rates.stop();
    Promise<Void> callsEnded = Promise.promise();
    idle = callsEnded;
    if (gate.calls() == 0) {
      callsEnded.complete();
    }
    ready.drain().forEach(delivery -> giveBack(delivery, Duration.ZERO));
    return callsEnded
        .future()
        .compose(done -> recorder.stop())
        .compose(done -> givingBack.drained());
  }

  /** Tells the operators how things stand here. */
  void observe() {
    meters.onThisNode(ready.size(), gate.calls(), gate.openBreakers());
  }

  private void failed(Step step, String what, Throwable failure) {
    meters.failed(step);
    log.atWarn()
        .addKeyValue("reason", String.valueOf(failure.getMessage()))
        .log("Can't " + what + "; the sweep will");
  }
}
