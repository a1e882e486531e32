package dev.switchboard.webhooks;

import dev.switchboard.bus.OwedDelivery;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.webhooks.Attempt.Result;
import dev.switchboard.webhooks.DeliveryStore.Finished;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what hints and nodes lost: due work nobody announced, claims whose node died, accepted
 * events that may not have been published, and rows kept long enough.
 */
final class Sweep {
  private static final Logger log = LoggerFactory.getLogger(Sweep.class);
  private static final int MOST_LOST = 200;
  private static final int MOST_FORGOTTEN = 5_000;

  /** A delivery that takes its node down with every attempt must end some day. */
  private static final int MOST_ATTEMPTS = 200;

  private static final Duration REMEMBER_EVENTS = Duration.ofHours(24);

  private final DeliveryStore store;
  private final Dispatcher dispatcher;
  private final Republisher republisher;

  /** Publishes an accepted event unless that was done; answers whether it had been done before. */
  interface Republisher {
    Future<Boolean> republish(OwedDelivery delivery, EnvelopeHead head, byte[] tail, int owed);
  }

  Sweep(DeliveryStore store, Dispatcher dispatcher, Republisher republisher) {
    this.store = store;
    this.dispatcher = dispatcher;
    this.republisher = republisher;
  }

  /** One round of looking for work; never fails. */
  Future<Void> work() {
    dispatcher.giveBackStale();
    dispatcher.poll();
    return store
        .claimLost("in_flight", MOST_LOST)
        .compose(this::logAsLost)
        .compose(done -> store.claimLost("held", MOST_LOST))
        .compose(this::finishAcceptance)
        .onFailure(failure -> warn("look for lost deliveries", failure))
        .otherwiseEmpty()
        .mapEmpty();
  }

  /** One round of forgetting; never fails. */
  Future<Void> clean() {
    return store
        .forgetAcceptedBefore(REMEMBER_EVENTS, MOST_FORGOTTEN)
        .compose(forgotten -> forgotten == MOST_FORGOTTEN ? clean() : Future.succeededFuture())
        .compose(done -> store.dropOrphans())
        .onFailure(failure -> warn("forget old events", failure))
        .otherwiseEmpty()
        .mapEmpty();
  }

  /** The outcome is unknown: it keeps its number and uses up no retry. */
  private Future<?> logAsLost(List<OwedDelivery> lost) {
    if (lost.isEmpty()) {
      return Future.succeededFuture();
    }
    log.atWarn().addKeyValue("attempts", lost.size()).log("Claims ran out; trying again");
    Attempt unknown = new Attempt(Result.RETRY, null, null, "node_lost: the outcome is unknown", 0);
    return store.finish(
        lost.stream()
            .map(
                d ->
                    new Finished(
                        d,
                        unknown,
                        d.failures(),
                        d.attempt() < MOST_ATTEMPTS ? Duration.ZERO : null))
            .toList());
  }

  /**
   * Held too long: the node died, or Redis never answered. If the event was published after all,
   * its first attempt may have been made; if it is published only now, that can't be.
   */
  private Future<?> finishAcceptance(List<OwedDelivery> held) {
    List<Future<Object>> endings = new ArrayList<>(held.size());
    for (OwedDelivery delivery : held) {
      EnvelopeHead head = EnvelopeHead.scan(wholeEnvelope(delivery.envelope()));
      if (head == null) {
        endings.add(logAsLost(List.of(delivery)).mapEmpty());
        continue;
      }
      endings.add(
          store
              .owed(delivery.tenant(), delivery.event())
              .compose(owed -> republisher.republish(delivery, head, delivery.envelope(), owed))
              .compose(before -> settle(delivery, before).<Object>mapEmpty()));
    }
    return Future.join(endings);
  }

  private Future<?> settle(OwedDelivery delivery, boolean publishedBefore) {
    return publishedBefore ? logAsLost(List.of(delivery)) : store.release(List.of(delivery));
  }

  private static byte[] wholeEnvelope(byte[] tail) {
    return Envelope.withoutPlace(tail);
  }

  private static void warn(String what, Throwable failure) {
    log.atWarn()
        .addKeyValue("reason", String.valueOf(failure.getMessage()))
        .log("Can't " + what + " now; the next round will");
  }
}
