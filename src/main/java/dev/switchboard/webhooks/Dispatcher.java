package dev.switchboard.webhooks;

import dev.switchboard.bus.DeliveriesSettled;
import dev.switchboard.bus.HeldDeliveries;
import dev.switchboard.bus.OwedDelivery;
import dev.switchboard.config.WebhooksConfig;
import dev.switchboard.postgres.Batcher;
import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.webhooks.Attempt.Result;
import dev.switchboard.webhooks.DeliveryStore.Finished;
import dev.switchboard.webhooks.DeliveryStore.Room;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
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
  private static final int FINISHED_PER_STATEMENT = 200;
  private static final int FINISH_STATEMENTS = 2;

  /** A webhook that is paused, deleted or malformed is asked for again only so often. */
  private static final Duration NOT_CALLABLE = Duration.ofSeconds(1);

  private final Vertx vertx;
  private final WebhooksConfig config;
  private final DeliveryStore store;
  private final TableSnapshot<WebhookSet> webhooks;
  private final WebhookCaller caller;
  private final Batcher<Finished, Boolean> finisher;
  private final ReadyQueue ready;
  private final Gate gate;
  private final HealthLedger health;
  private final AttemptTail tail;
  private boolean claiming;
  private boolean claimAgain;
  private boolean backlogLikely;
  private boolean stopping;
  private boolean wakeUpSet;
  private @Nullable Promise<Void> idle;

  Dispatcher(
      Vertx vertx,
      WebhooksConfig config,
      DeliveryStore store,
      TableSnapshot<WebhookSet> webhooks,
      WebhookCaller caller,
      HealthLedger health,
      AttemptTail tail) {
    this.vertx = vertx;
    this.config = config;
    this.store = store;
    this.webhooks = webhooks;
    this.caller = caller;
    this.health = health;
    this.tail = tail;
    this.gate = new Gate(config, System::nanoTime);
    this.ready = new ReadyQueue(config.maxReady(), config.maxReadyPerWebhook());
    this.finisher =
        new Batcher<>(store::finish, FINISHED_PER_STATEMENT, FINISH_STATEMENTS, Integer.MAX_VALUE);
  }

  /** An event was decided: starts, revives or drops what it owes. */
  void settled(DeliveriesSettled settled) {
    HeldDeliveries held = settled.held();
    switch (settled.fate()) {
      case PUBLISHED -> {
        offerFresh(held.deliveries());
        if (held.repeated()) {
          watchFailure(
              store.takeOver(held).onSuccess(this::offerFresh), "take over held deliveries");
        }
      }
      case PUBLISHED_BEFORE -> offerFresh(held.deliveries());
      case NOT_OWED -> watchFailure(store.forget(held), "drop deliveries that are not owed");
      case WITHDRAWN -> watchFailure(store.withdraw(held), "withdraw deliveries");
    }
  }

  /** Deliveries that must keep an order go through the store, which knows what stands before. */
  private void offerFresh(List<OwedDelivery> deliveries) {
    List<OwedDelivery> ordered =
        deliveries.stream()
            .filter(delivery -> find(delivery).map(Webhook::keepsOrder).orElse(false))
            .toList();
    if (ordered.isEmpty()) {
      offer(deliveries);
      return;
    }
    offer(deliveries.stream().filter(delivery -> !ordered.contains(delivery)).toList());
    watchFailure(store.release(ordered).onSuccess(released -> poll()), "queue ordered deliveries");
  }

  private Optional<Webhook> find(OwedDelivery delivery) {
    WebhookSet known = webhooks.state();
    return known == null ? Optional.empty() : known.find(delivery.webhook());
  }

  /** Takes claimed deliveries; what does not fit into memory goes back to the store at once. */
  void offer(List<OwedDelivery> deliveries) {
    List<OwedDelivery> unwanted = new ArrayList<>();
    Map<Long, List<OwedDelivery>> heldBack = new HashMap<>();
    for (OwedDelivery delivery : deliveries) {
      if (!stopping && !gate.pause(delivery.webhook()).isZero()) {
        heldBack.computeIfAbsent(delivery.webhook(), webhook -> new ArrayList<>()).add(delivery);
      } else if (stopping || !ready.hasRoomFor(delivery)) {
        unwanted.add(delivery);
      } else {
        ready.add(delivery);
      }
    }
    startReady();
    giveBack(unwanted);
    heldBack.forEach((webhook, waiting) -> postpone(waiting, gate.pause(webhook)));
  }

  /** Gives back what waited in memory so long that its claim no longer covers a call. */
  void giveBackStale() {
    gate.tidy();
    WebhookSet known = webhooks.state();
    giveBack(
        ready.removeIf(
            delivery ->
                known == null
                    || known
                        .find(delivery.webhook())
                        .filter(webhook -> webhook.active() && claimCovers(delivery, webhook))
                        .isEmpty()));
  }

  /** Gives back what waits in memory, because it was cancelled in the store. */
  void recall(long webhook, long delivery) {
    giveBack(
        ready.removeIf(
            waiting ->
                waiting.webhook() == webhook && (delivery == 0 || waiting.id() == delivery)));
  }

  /** Looks for due work in the store, if a worker is free. */
  void poll() {
    if (claiming) {
      claimAgain = true;
      return;
    }
    int free = config.workers() - gate.calls() - ready.size();
    if (stopping || free <= 0) {
      return;
    }
    claiming = true;
    Room room =
        new Room(
            free,
            config.maxPerWebhook(),
            config.maxPerTenant(),
            gate.takenByWebhook(),
            gate.takenByTenant());
    store
        .claim(room)
        .onSuccess(claimed -> claimed(claimed, free))
        .onFailure(failure -> warn("claim due deliveries", failure))
        .onComplete(done -> claimSettled());
  }

  private void claimed(List<OwedDelivery> claimed, int asked) {
    backlogLikely = claimed.size() == asked;
    claimAgain |= backlogLikely;
    offer(claimed);
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
      OwedDelivery next = ready.next(this::mayStart);
      if (next == null) {
        wakeUpForRates();
        return;
      }
      start(next);
    }
  }

  private boolean mayStart(OwedDelivery delivery) {
    return gate.lets(
        delivery, find(delivery).map(webhook -> webhook.options().rateLimit()).orElse(0));
  }

  private void wakeUpForRates() {
    long wait = gate.takeWait();
    if (wait > 0 && !wakeUpSet && !stopping) {
      wakeUpSet = true;
      long unused =
          vertx.setTimer(
              wait,
              fired -> {
                wakeUpSet = false;
                startReady();
                poll();
              });
    }
  }

  private void start(OwedDelivery delivery) {
    Optional<Webhook> webhook = find(delivery);
    if (webhook.isEmpty() || !webhook.get().active()) {
      postpone(List.of(delivery), NOT_CALLABLE);
      return;
    }
    if (!claimCovers(delivery, webhook.get())) {
      giveBack(List.of(delivery));
      return;
    }
    gate.started(delivery);
    caller
        .call(delivery, webhook.get())
        .onSuccess(attempt -> record(delivery, webhook.get(), attempt))
        .onComplete(done -> freed(delivery));
  }

  /** A call that could outlive its claim might be made twice at once. */
  private static boolean claimCovers(OwedDelivery delivery, Webhook webhook) {
    return delivery.claimEnds() - System.nanoTime() > webhook.timeout().toNanos();
  }

  /** The worker is free again before the attempt is written: the claim outlives the call. */
  private void record(OwedDelivery delivery, Webhook webhook, Attempt attempt) {
    boolean failed = attempt.result() != Result.DELIVERED;
    int failures = delivery.failures() + (failed ? 1 : 0);
    Duration retryAfter =
        failed
            ? RetryPolicy.next(webhook, attempt, failures, ThreadLocalRandom.current().nextDouble())
            : null;
    if (gate.answered(delivery, attempt)) {
      holdBack(webhook);
    }
    health.attempted(webhook, attempt);
    tail.attempted(delivery, attempt, retryAfter);
    finisher
        .add(new Finished(delivery, attempt, failures, retryAfter))
        .onSuccess(
            recorded -> {
              recorded(delivery, recorded, retryAfter);
              if (recorded && failed && retryAfter == null) {
                health.gaveUp(delivery, attempt);
              }
              if (recorded && webhook.keepsOrder()) {
                poll();
              }
            })
        .onFailure(failure -> warn("record an attempt; it will be logged as node_lost", failure));
  }

  /** Its breaker opened: what waits in memory goes back until it may be tried again. */
  private void holdBack(Webhook webhook) {
    Duration pause = gate.pause(webhook.id());
    log.atInfo()
        .addKeyValue("webhookId", webhook.id())
        .addKeyValue("pause", pause)
        .log("The webhook hardly answers; its deliveries wait");
    postpone(ready.removeIf(delivery -> delivery.webhook() == webhook.id()), pause);
    if (!stopping) {
      long unused = vertx.setTimer(pause.toMillis() + 1, fired -> poll());
    }
  }

  private void recorded(OwedDelivery delivery, boolean recorded, @Nullable Duration retryAfter) {
    if (!recorded) {
      log.atWarn()
          .addKeyValue("deliveryId", delivery.id())
          .addKeyValue("attempt", delivery.attempt())
          .log("The claim ran out before the attempt was recorded; another node took over");
    } else if (retryAfter != null && !stopping) {
      long unused = vertx.setTimer(retryAfter.toMillis() + 1, fired -> poll());
    }
  }

  private void freed(OwedDelivery delivery) {
    gate.freed(delivery);
    startReady();
    if (ready.size() == 0 && backlogLikely) {
      poll();
    }
    if (stopping && gate.calls() == 0 && idle != null) {
      idle.tryComplete();
    }
  }

  private void giveBack(List<OwedDelivery> deliveries) {
    if (!deliveries.isEmpty()) {
      backlogLikely = true;
      watchFailure(store.release(deliveries), "give deliveries back");
    }
  }

  private void postpone(List<OwedDelivery> deliveries, Duration pause) {
    if (!deliveries.isEmpty()) {
      watchFailure(store.postpone(deliveries, pause), "postpone deliveries");
    }
  }

  /** No new calls; completes when those in flight ended and the rest was given back. */
  Future<Void> stop() {
    stopping = true;
    Promise<Void> callsEnded = Promise.promise();
    idle = callsEnded;
    if (gate.calls() == 0) {
      callsEnded.complete();
    }
    return store
        .release(ready.drain())
        .transform(released -> callsEnded.future())
        .compose(done -> finisher.drained());
  }

  private void watchFailure(Future<?> work, String what) {
    work.onFailure(failure -> warn(what, failure));
  }

  private static void warn(String what, Throwable failure) {
    log.atWarn()
        .addKeyValue("reason", String.valueOf(failure.getMessage()))
        .log("Can't " + what + "; the sweep will");
  }
}
