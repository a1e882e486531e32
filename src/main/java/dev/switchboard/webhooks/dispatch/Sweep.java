package dev.switchboard.webhooks.dispatch;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.bus.Republication;
import dev.switchboard.bus.Republisher;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.webhooks.queue.ClaimStore.Unused;
import dev.switchboard.webhooks.queue.DeliveryStores;
import dev.switchboard.webhooks.report.WebhookMeters;
import dev.switchboard.webhooks.report.WebhookMeters.Step;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what hints and nodes lost: due work nobody announced, claims whose node died, accepted
 * events that may not have been published, and rows kept long enough.
 */
public final class Sweep {
  private static final Logger log = LoggerFactory.getLogger(Sweep.class);
  private static final int MAX_LOST = 200;
  private static final int MAX_FORGOTTEN = 5_000;

  /** A delivery that takes its node down with every attempt must end some day. */
  private static final int MAX_ATTEMPTS = 200;

  private static final Duration REMEMBER_EVENTS = Duration.ofHours(24);

  private final DeliveryStores stores;
  private final Dispatcher dispatcher;
  private final AttemptRecorder recorder;
  private final WebhookMeters meters;
  private final Republisher republisher;

  public Sweep(
      DeliveryStores stores,
      Dispatcher dispatcher,
      AttemptRecorder recorder,
      WebhookMeters meters,
      Republisher republisher) {
    this.stores = stores;
    this.dispatcher = dispatcher;
    this.recorder = recorder;
    this.meters = meters;
    this.republisher = republisher;
  }

  /** One round of looking for work; never fails. */
  public Future<Void> work() {
    dispatcher.giveBackStale();
    dispatcher.poll();
    return stores
        .leftovers()
        .unpark()
        .compose(due -> stores.claims().claimLost("in_flight", MAX_LOST))
        .compose(this::logAsLost)
        .compose(done -> stores.claims().claimLost("held", MAX_LOST))
        .compose(this::republish)
        .onFailure(failure -> warn("look for lost deliveries", failure))
        .otherwiseEmpty()
        .mapEmpty();
  }

  /** One round of forgetting; never fails. */
  public Future<Void> clean() {
    return stores
        .leftovers()
        .forgetAcceptedBefore(REMEMBER_EVENTS, MAX_FORGOTTEN)
        .compose(forgotten -> forgotten == MAX_FORGOTTEN ? clean() : Future.succeededFuture())
        .compose(done -> stores.leftovers().dropOrphans())
        .compose(done -> stores.rates().forgetFull())
        .onFailure(failure -> warn("forget old events", failure))
        .otherwiseEmpty()
        .mapEmpty();
  }

  /** The outcome is unknown: it keeps its number and uses up no retry. */
  private Future<?> logAsLost(List<ClaimedDelivery> lost) {
    if (lost.isEmpty()) {
      return Future.succeededFuture();
    }
    log.atWarn().addKeyValue("attempts", lost.size()).log("Claims ran out; trying again");
    return Future.join(lost.stream().map(this::lost).toList());
  }

  private Future<?> lost(ClaimedDelivery delivery) {
    return recorder.lost(delivery, delivery.attempt() < MAX_ATTEMPTS);
  }

  /**
   * Held too long: the node died, or Redis never answered. If the event was published after all,
   * its first attempt may have been made; if it is published only now, that can't be.
   */
  private Future<?> republish(List<ClaimedDelivery> held) {
    return Future.join(held.stream().map(this::republish).toList());
  }

  private Future<?> republish(ClaimedDelivery delivery) {
    EnvelopeHead head = EnvelopeHead.scan(Envelope.withoutPosition(delivery.envelope()));
    if (head == null) {
      return recorder.lost(delivery, false);
    }
    return stores
        .outbox()
        .deliveriesOf(delivery.tenant(), delivery.event())
        .map(
            deliveries ->
                new Republication(
                    head.log(),
                    head.type(),
                    delivery.event(),
                    delivery.envelope(),
                    deliveries,
                    delivery.minted()))
        .compose(republisher::republish)
        .compose(
            publishedBefore -> (publishedBefore ? lost(delivery) : release(delivery)).mapEmpty());
  }

  private Future<?> release(ClaimedDelivery delivery) {
    return stores.claims().release(List.of(new Unused(delivery, Duration.ZERO)));
  }

  private void warn(String what, Throwable failure) {
    meters.failed(Step.SWEEP);
    log.atWarn()
        .addKeyValue("reason", String.valueOf(failure.getMessage()))
        .log("Can't " + what + " now; the next round will");
  }
}
