package dev.switchboard.webhooks.dispatch;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.bus.Republication;
import dev.switchboard.bus.Republished;
import dev.switchboard.bus.Republisher;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.Reason;
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
 * Finds the work of lost messages and lost nodes: due deliveries, claims that ran out, accepted
 * events that may not have been published; and deletes old rows.
 */
public final class Sweep {
  private static final Logger log = LoggerFactory.getLogger(Sweep.class);
  private static final int MAX_LOST = 200;
  private static final int MAX_DELETED = 5_000;

  /** A delivery whose every attempt takes its node down must end at some point. */
  private static final int MAX_ATTEMPTS = 200;

  private static final Duration KEEP_EVENT_IDS = Duration.ofHours(24);

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

  /** Looks for lost work once; never fails. */
  public Future<Void> work() {
    dispatcher.giveBackStale();
    dispatcher.poll();
    return stores
        .leftovers()
        .unpark()
        .compose(due -> stores.claims().claimLost("in_flight", MAX_LOST))
        .compose(this::settleLost)
        .compose(done -> stores.claims().claimLost("held", MAX_LOST))
        .compose(this::republish)
        .onFailure(failure -> warn("look for lost deliveries", failure))
        .otherwiseEmpty()
        .mapEmpty();
  }

  /** Deletes old rows once; never fails. */
  public Future<Void> clean() {
    return stores
        .leftovers()
        .deleteAcceptedBefore(KEEP_EVENT_IDS, MAX_DELETED)
        .compose(deleted -> deleted == MAX_DELETED ? clean() : Future.succeededFuture())
        .compose(done -> stores.leftovers().deleteOrphans())
        .compose(done -> stores.rates().deleteFull())
        .onFailure(failure -> warn("delete old rows", failure))
        .otherwiseEmpty()
        .mapEmpty();
  }

  private Future<?> settleLost(List<ClaimedDelivery> lost) {
    if (lost.isEmpty()) {
      return Future.succeededFuture();
    }
    log.atWarn()
        .addKeyValue("deliveries", lost.size())
        .addKeyValue("called", lost.stream().filter(ClaimedDelivery::called).count())
        .log("Claims of deliveries ran out; they are claimed again");
    return Future.join(lost.stream().map(this::lost).toList());
  }

  /**
   * The outcome of a call is unknown: the attempt keeps its number and uses up no retry. A delivery
   * whose call had not begun goes back to the queue without an attempt.
   */
  private Future<?> lost(ClaimedDelivery delivery) {
    return delivery.called()
        ? recorder.lost(delivery, delivery.attempt() < MAX_ATTEMPTS)
        : release(delivery);
  }

  /**
   * Publishes events whose deliveries were held too long: the node died, or Redis never answered.
   * If the event was published before, a first attempt may have been made if it is marked so;
   * otherwise there was none.
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
                    head.keep(),
                    delivery.acceptedAt(),
                    delivery.envelope(),
                    deliveries,
                    delivery.minted()))
        .compose(republication -> republish(delivery, republication))
        .compose(outcome -> settle(delivery, outcome).mapEmpty());
  }

  /**
   * Webhooks get an event whose state is outdated as sessions do: without its members about the
   * state, which are removed before it is published.
   */
  private Future<Republished> republish(ClaimedDelivery delivery, Republication republication) {
    return republisher
        .republish(republication)
        .compose(
            outcome -> {
              if (outcome != Republished.OUTDATED) {
                return Future.succeededFuture(outcome);
              }
              byte[] plain = Envelope.withoutKeep(republication.body());
              return stores
                  .outbox()
                  .replaceEnvelope(delivery.tenant(), delivery.event(), plain)
                  .compose(done -> republisher.republish(republication.withoutKeep(plain)));
            });
  }

  private Future<?> settle(ClaimedDelivery delivery, Republished outcome) {
    return switch (outcome) {
      case NOW -> release(delivery);
      case BEFORE -> lost(delivery);
      case NEVER -> stores.outbox().withdraw(delivery);
      case OUTDATED ->
          Future.failedFuture(new IllegalStateException("an event without a state is outdated"));
    };
  }

  private Future<?> release(ClaimedDelivery delivery) {
    return stores.claims().release(List.of(new Unused(delivery, Duration.ZERO)));
  }

  private void warn(String action, Throwable failure) {
    meters.failed(Step.SWEEP);
    log.atWarn()
        .addKeyValue("action", action)
        .addKeyValue("reason", Reason.of(failure))
        .log("The sweep of webhook deliveries failed; the next round will retry");
  }
}
