package dev.switchboard.ingest;

import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.DeliveriesSettled;
import dev.switchboard.bus.DeliveriesSettled.Fate;
import dev.switchboard.bus.HeldDeliveries;
import dev.switchboard.bus.Republication;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Reason;
import dev.switchboard.ingest.PreparedEvent.Draft;
import dev.switchboard.ingest.PreparedEvent.Failed;
import dev.switchboard.ingest.PreparedEvent.Ready;
import dev.switchboard.redis.EventLog.IdMemory;
import dev.switchboard.redis.EventLog.Outcome;
import dev.switchboard.redis.EventLog.Publication;
import dev.switchboard.redis.RedisRefusedException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes prepared events: in their log, or live only, and reports the outcome to the delivery
 * engine, which starts or withdraws the held deliveries. Belongs to one event loop; calls on it
 * keep their order.
 */
final class EventPublisher {
  private static final Logger log = LoggerFactory.getLogger(EventPublisher.class);

  private final Vertx vertx;
  private final IngestStores stores;
  private final Clock clock;
  private final long maxRememberedIds;

  EventPublisher(Vertx vertx, IngestStores stores, Clock clock, long maxRememberedIds) {
    this.vertx = vertx;
    this.stores = stores;
    this.clock = clock;
    this.maxRememberedIds = maxRememberedIds;
  }

  /** Publishes the event if it is ready; the future never fails. */
  Future<IngestResult> publish(PreparedEvent prepared) {
    if (prepared instanceof Failed failed) {
      return Future.succeededFuture(notCommitted(failed));
    }
    Ready ready = (Ready) prepared;
    return ready.draft().event().type().isLiveOnly() ? publishLive(ready) : publishInLog(ready);
  }

  /**
   * Gives up an event that must not be published. Deliveries that an earlier call committed for the
   * same event id stay: that call may have published it.
   */
  IngestResult setAside(PreparedEvent prepared, String reason) {
    EventId event = prepared.draft().event().id();
    HeldDeliveries held = prepared instanceof Ready ready ? ready.held() : null;
    boolean repeated = held != null && held.repeated();
    if (!repeated) {
      settleDeliveries(held, Fate.WITHDRAWN);
    }
    return new IngestResult.Unavailable(event, !repeated, reason);
  }

  /** Publishes an event whose acceptance was cut off; true if it had been published before. */
  Future<Boolean> republish(Republication republication) {
    return republishedBody(republication)
        .map(body -> publication(republication, body))
        // Its acceptance must end even if the tenant's memory of event ids is full: no limit here.
        .compose(publication -> stores.eventLog().publish(publication, 0, clock.millis()))
        .map(outcome -> outcome instanceof Outcome.Duplicate);
  }

  /** The body with the event's position in its user's inbox, if it is still stored there. */
  private Future<byte[]> republishedBody(Republication republication) {
    byte[] body = republication.body();
    EnvelopeHead head = EnvelopeHead.scan(Envelope.withoutPosition(body));
    if (head == null || head.user() == null) {
      return Future.succeededFuture(body);
    }
    return stores
        .inbox()
        .find(head.tenant(), head.user(), republication.event())
        .map(position -> position == null ? body : Envelope.inInbox(body, position));
  }

  private Publication publication(Republication republication, byte[] body) {
    LogId target = republication.log();
    return publication(
        target,
        stores.keys().channel(target.tenant(), republication.type(), target.topic()),
        republication.event(),
        body,
        republication.minted() ? IdMemory.MINTED_BEFORE : IdMemory.PRODUCER,
        republication.deliveries());
  }

  private static IngestResult notCommitted(Failed failed) {
    EventId event = failed.draft().event().id();
    log.atWarn()
        .addKeyValue("eventId", event)
        .addKeyValue("reason", String.valueOf(failed.cause().getMessage()))
        .log("Event not accepted: its inbox message or deliveries could not be stored");
    return new IngestResult.Unavailable(
        event, false, "its inbox message or deliveries could not be stored");
  }

  private Future<IngestResult> publishInLog(Ready ready) {
    Draft draft = ready.draft();
    Event event = draft.event();
    Publication publication =
        publication(
            event.log(),
            channel(event),
            event.id(),
            draft.publishedBody(),
            draft.minted() ? IdMemory.MINTED_NOW : IdMemory.PRODUCER,
            total(ready.held()));
    // The server's own events are few; no producer's flood of event ids may block them.
    long remembered = event.type().isReserved() ? 0 : maxRememberedIds;
    return stores
        .eventLog()
        .publish(publication, remembered, clock.millis())
        .map(outcome -> settle(publication, ready.held(), outcome))
        .otherwise(failure -> unavailable(ready, failure))
        .compose(draft::onceReplicated);
  }

  private Future<IngestResult> publishLive(Ready ready) {
    Draft draft = ready.draft();
    String channel = channel(draft.event());
    return stores
        .redis()
        .send("publish", List.of(channel, Envelope.withoutPosition(draft.body())))
        .<IngestResult>map(
            receivers -> new IngestResult.Accepted(draft.event().id(), null, channel, 0, false))
        .otherwise(failure -> unavailable(ready, failure));
  }

  private IngestResult settle(
      Publication publication, @Nullable HeldDeliveries held, Outcome outcome) {
    EventId event = publication.event();
    if (outcome instanceof Outcome.Published published) {
      settleDeliveries(held, Fate.PUBLISHED);
      return new IngestResult.Accepted(
          event, published.position(), publication.channel(), total(held), false);
    }
    if (outcome instanceof Outcome.Duplicate duplicate) {
      settleDeliveries(
          held, held != null && held.repeated() ? Fate.PUBLISHED_BEFORE : Fate.DISCARDED);
      return firstResult(event, duplicate.position(), duplicate.answer());
    }
    settleDeliveries(held, Fate.WITHDRAWN);
    return new IngestResult.TooManyIds(event);
  }

  private IngestResult unavailable(Ready ready, Throwable failure) {
    EventId event = ready.draft().event().id();
    boolean certain = failure instanceof RedisRefusedException;
    if (certain) {
      settleDeliveries(ready.held(), Fate.WITHDRAWN);
    }
    log.atWarn()
        .addKeyValue("eventId", event)
        .addKeyValue("reason", Reason.of(failure))
        .log("Event could not be published");
    return new IngestResult.Unavailable(event, certain, "the event log is unavailable");
  }

  private void settleDeliveries(@Nullable HeldDeliveries held, Fate fate) {
    if (held != null) {
      Addresses.DELIVERIES_SETTLED.send(vertx, new DeliveriesSettled(held, fate));
    }
  }

  private String channel(Event event) {
    return stores.keys().channel(event.tenant(), event.type(), event.topic());
  }

  private static int total(@Nullable HeldDeliveries held) {
    return held == null ? 0 : held.total();
  }

  /** The deliveries and the channel are remembered with the event id, for {@link #firstResult}. */
  private static Publication publication(
      LogId target, String channel, EventId event, byte[] body, IdMemory memory, int deliveries) {
    return new Publication(target, channel, event, body, memory, deliveries + " " + channel);
  }

  private static IngestResult firstResult(EventId event, LogPosition position, String answer) {
    int space = answer.indexOf(' ');
    return new IngestResult.Accepted(
        event,
        position,
        answer.substring(space + 1),
        Integer.parseInt(answer.substring(0, space)),
        true);
  }
}
