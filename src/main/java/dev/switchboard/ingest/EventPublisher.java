package dev.switchboard.ingest;

import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.DeliveriesSettled;
import dev.switchboard.bus.DeliveriesSettled.Fate;
import dev.switchboard.bus.HeldDeliveries;
import dev.switchboard.bus.Republication;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.ingest.PrePublishWrites.Prepared;
import dev.switchboard.redis.EventLog;
import dev.switchboard.redis.EventLog.IdMemory;
import dev.switchboard.redis.EventLog.Outcome;
import dev.switchboard.redis.EventLog.Publication;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.RedisRefusedException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives prepared events their place in the log, publishes them, and tells the delivery engine what
 * became of what they owe. Belongs to one event loop, whose calls keep their order.
 */
final class EventPublisher {
  private static final Logger log = LoggerFactory.getLogger(EventPublisher.class);

  private final Vertx vertx;
  private final RedisCommands redis;
  private final EventLog eventLog;
  private final Keys keys;
  private final Clock clock;
  private final long maxRememberedIds;

  EventPublisher(
      Vertx vertx,
      RedisCommands redis,
      EventLog eventLog,
      Keys keys,
      Clock clock,
      long maxRememberedIds) {
    this.vertx = vertx;
    this.redis = redis;
    this.eventLog = eventLog;
    this.keys = keys;
    this.clock = clock;
    this.maxRememberedIds = maxRememberedIds;
  }

  /** Never fails; the result tells. */
  Future<IngestResult> publish(Prepared prepared) {
    if (prepared.failure() != null) {
      return Future.succeededFuture(notCommitted(prepared.event().id(), prepared.failure()));
    }
    return prepared.event().type().isLiveOnly() ? publishLive(prepared) : publishInLog(prepared);
  }

  /** What an earlier call committed for the same event stays: that call may have published it. */
  IngestResult setAside(Prepared prepared, String reason) {
    HeldDeliveries held = prepared.held();
    boolean repeated = held != null && held.repeated();
    if (!repeated) {
      tell(held, Fate.WITHDRAWN);
    }
    return new IngestResult.Unavailable(prepared.event().id(), !repeated, reason);
  }

  /** Whether it had been published before. */
  Future<Boolean> republish(Republication republication) {
    Publication publication =
        publication(
            republication.log(),
            keys.channel(
                republication.log().tenant(), republication.type(), republication.log().topic()),
            republication.event(),
            republication.body(),
            republication.minted() ? IdMemory.MINTED_BEFORE : IdMemory.PRODUCER,
            republication.deliveries());
    // Its acceptance must end even if the tenant's memory is full by now: no bound here.
    return eventLog
        .publish(publication, 0, clock.millis())
        .map(outcome -> outcome instanceof Outcome.Duplicate);
  }

  private static IngestResult notCommitted(EventId event, Throwable failure) {
    log.atWarn()
        .addKeyValue("eventId", event)
        .addKeyValue("reason", String.valueOf(failure.getMessage()))
        .log("What the event owes can't be committed; it was not accepted");
    return new IngestResult.Unavailable(event, false, "what the event owes could not be committed");
  }

  private Future<IngestResult> publishInLog(Prepared prepared) {
    Event event = prepared.event();
    Publication publication =
        publication(
            event.log(),
            channel(event),
            event.id(),
            prepared.tail(),
            prepared.minted() ? IdMemory.MINTED_NOW : IdMemory.PRODUCER,
            owed(prepared.held()));
    // The server's own events are few, and no producer's flood of ids may silence them.
    long remembered = event.type().isReserved() ? 0 : maxRememberedIds;
    return eventLog
        .publish(publication, remembered, clock.millis())
        .transform(
            outcome ->
                Future.succeededFuture(
                    outcome.succeeded()
                        ? settle(publication, prepared.held(), outcome.result())
                        : unavailable(prepared, outcome.cause())));
  }

  private Future<IngestResult> publishLive(Prepared prepared) {
    EventId event = prepared.event().id();
    String channel = channel(prepared.event());
    return redis
        .send("publish", List.of(channel, Envelope.withoutPlace(prepared.tail())))
        .transform(
            sent ->
                Future.succeededFuture(
                    sent.succeeded()
                        ? new IngestResult.Accepted(event, null, channel, 0, false)
                        : unavailable(prepared, sent.cause())));
  }

  private IngestResult settle(
      Publication publication, @Nullable HeldDeliveries held, Outcome outcome) {
    EventId event = publication.event();
    if (outcome instanceof Outcome.Published published) {
      tell(held, Fate.PUBLISHED);
      return new IngestResult.Accepted(
          event, published.place(), publication.channel(), owed(held), false);
    }
    if (outcome instanceof Outcome.Duplicate duplicate) {
      tell(held, held != null && held.repeated() ? Fate.PUBLISHED_BEFORE : Fate.DISCARDED);
      return firstAnswer(event, duplicate.place(), duplicate.answer());
    }
    tell(held, Fate.WITHDRAWN);
    return new IngestResult.TooManyIds(event);
  }

  private IngestResult unavailable(Prepared prepared, Throwable failure) {
    boolean certain = failure instanceof RedisRefusedException;
    if (certain) {
      tell(prepared.held(), Fate.WITHDRAWN);
    }
    log.atWarn()
        .addKeyValue("eventId", prepared.event().id())
        .addKeyValue("reason", String.valueOf(failure.getMessage()))
        .log("The event could not be published");
    return new IngestResult.Unavailable(
        prepared.event().id(), certain, "the event store is out of reach");
  }

  private void tell(@Nullable HeldDeliveries held, Fate fate) {
    if (held != null) {
      Addresses.DELIVERIES_SETTLED.send(vertx, new DeliveriesSettled(held, fate));
    }
  }

  private String channel(Event event) {
    return keys.channel(event.tenant(), event.type(), event.topic());
  }

  private static int owed(@Nullable HeldDeliveries held) {
    return held == null ? 0 : held.total();
  }

  /** What it answers is remembered with the event id, for {@link #firstAnswer}. */
  private static Publication publication(
      LogId target, String channel, EventId event, byte[] tail, IdMemory memory, int owed) {
    return new Publication(target, channel, event, tail, memory, owed + " " + channel);
  }

  private static IngestResult firstAnswer(EventId event, LogPosition place, String answer) {
    int space = answer.indexOf(' ');
    return new IngestResult.Accepted(
        event,
        place,
        answer.substring(space + 1),
        Integer.parseInt(answer.substring(0, space)),
        true);
  }
}
