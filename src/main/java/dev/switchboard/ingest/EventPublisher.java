package dev.switchboard.ingest;

import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.DeliveriesSettled;
import dev.switchboard.bus.DeliveriesSettled.Fate;
import dev.switchboard.bus.HeldDeliveries;
import dev.switchboard.bus.Republication;
import dev.switchboard.bus.Republished;
import dev.switchboard.config.KeptConfig;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.Keep;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Reason;
import dev.switchboard.ingest.PreparedEvent.Draft;
import dev.switchboard.ingest.PreparedEvent.Failed;
import dev.switchboard.ingest.PreparedEvent.Ready;
import dev.switchboard.ingest.PreparedEvent.Refused;
import dev.switchboard.redis.EventLog;
import dev.switchboard.redis.EventLog.IdMemory;
import dev.switchboard.redis.EventLog.Outcome;
import dev.switchboard.redis.EventLog.Publication;
import dev.switchboard.redis.KeptWrite;
import dev.switchboard.redis.RedisRefusedException;
import dev.switchboard.redis.TenantShare;
import dev.switchboard.tracing.TraceContext;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Instant;
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
  private final Ingest.Bounds bounds;

  EventPublisher(Vertx vertx, IngestStores stores, Clock clock, Ingest.Bounds bounds) {
    this.vertx = vertx;
    this.stores = stores;
    this.clock = clock;
    this.bounds = bounds;
  }

  /** Publishes the event if it is ready; the future never fails. */
  Future<IngestResult> publish(PreparedEvent prepared) {
    if (prepared instanceof Failed failed) {
      return Future.succeededFuture(notCommitted(failed));
    }
    if (prepared instanceof Refused refused) {
      return Future.succeededFuture(
          new IngestResult.LimitReached(refused.draft().event().id(), refused.limit()));
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

  /**
   * Publishes an event whose acceptance was cut off. A kept one does not replace what was written
   * since; if there is such a state, it is not published.
   */
  Future<Republished> republish(Republication republication) {
    Keep keep = republication.keep();
    KeptWrite kept = keep == null ? null : new KeptWrite(keep, republication.acceptedAt(), null);
    return republishedBody(republication)
        .compose(body -> republish(republication, body, kept))
        .map(EventPublisher::republished);
  }

  private Future<Outcome> republish(
      Republication republication, byte[] body, @Nullable KeptWrite kept) {
    LogId target = republication.log();
    String channel = stores.keys().channel(target.tenant(), republication.type(), target.topic());
    Publication publication =
        new Publication(
            target,
            channel,
            stores.tenantChannels().of(target.tenant(), republication.type(), target.topic()),
            republication.event(),
            body,
            republication.minted() ? IdMemory.MINTED_BEFORE : IdMemory.PRODUCER,
            answer(republication.deliveries(), channel),
            kept);
    // Its acceptance must end even if the tenant's memory of event ids is full: no limit here.
    return stores.eventLog().publish(publication, EventLog.Allowance.UNLIMITED, clock.millis());
  }

  private static Republished republished(Outcome outcome) {
    if (outcome instanceof Outcome.Duplicate) {
      return Republished.BEFORE;
    }
    if (outcome instanceof Outcome.Superseded superseded) {
      return superseded.before() ? Republished.NEVER : Republished.OUTDATED;
    }
    return Republished.NOW;
  }

  /** The body with the event's position in its user's inbox, if it is still stored there. */
  private Future<byte[]> republishedBody(Republication republication) {
    byte[] body = TraceContext.removeState(republication.body());
    EnvelopeHead head = EnvelopeHead.scan(Envelope.withoutPosition(body));
    if (head == null || head.user() == null) {
      return Future.succeededFuture(body);
    }
    return stores
        .inbox()
        .find(head.tenant(), head.user(), republication.event())
        .map(position -> position == null ? body : Envelope.inInbox(body, position));
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
    String channel = channel(event);
    Publication publication =
        new Publication(
            event.log(),
            channel,
            tenantChannel(event),
            event.id(),
            draft.publishedBody(),
            draft.minted() ? IdMemory.MINTED_NOW : IdMemory.PRODUCER,
            answer(total(ready.held()), channel),
            keptWrite(draft));
    // The server's own events are few; no producer's flood of event ids may block them.
    TenantShare share = draft.share();
    EventLog.Allowance allowance =
        new EventLog.Allowance(share, share.of(bounds.maxRememberedIds()));
    return stores
        .eventLog()
        .publish(publication, allowance, clock.millis())
        .map(outcome -> settle(publication, ready.held(), outcome))
        .otherwise(failure -> unavailable(ready, failure))
        .compose(draft::onceReplicated);
  }

  private @Nullable KeptWrite keptWrite(Draft draft) {
    Event event = draft.event();
    if (event.keep() == null) {
      return null;
    }
    KeptConfig kept = bounds.kept();
    KeptWrite.Limits limits =
        event.topic() == null
            ? new KeptWrite.Limits(kept.maxKeys(), kept.maxBytes().bytes(), kept.maxTopics())
            : new KeptWrite.Limits(
                kept.topicMaxKeys(), kept.topicMaxBytes().bytes(), kept.maxTopics());
    return new KeptWrite(event.keep(), draft.asOf(), limits);
  }

  private Future<IngestResult> publishLive(Ready ready) {
    Draft draft = ready.draft();
    String channel = channel(draft.event());
    byte[] envelope = Envelope.withoutPosition(draft.body());
    return Future.join(send(channel, envelope), send(tenantChannel(draft.event()), envelope))
        .<IngestResult>map(
            sent -> new IngestResult.Accepted(draft.event().id(), null, channel, 0, false, null))
        .otherwise(failure -> unavailable(ready, failure));
  }

  private Future<?> send(@Nullable String channel, byte[] envelope) {
    return channel == null
        ? Future.succeededFuture()
        : stores.redis().send("publish", List.of(channel, envelope));
  }

  private IngestResult settle(
      Publication publication, @Nullable HeldDeliveries held, Outcome outcome) {
    EventId event = publication.event();
    if (outcome instanceof Outcome.Published published) {
      return accepted(publication, held, published.position(), null);
    }
    if (outcome instanceof Outcome.Kept kept) {
      return accepted(publication, held, kept.position(), kept.since());
    }
    if (outcome instanceof Outcome.Duplicate duplicate) {
      settleDeliveries(
          held, held != null && held.repeated() ? Fate.PUBLISHED_BEFORE : Fate.DISCARDED);
      return firstResult(event, duplicate.position(), duplicate.answer());
    }
    settleDeliveries(held, Fate.WITHDRAWN);
    if (outcome instanceof Outcome.Superseded) {
      return new IngestResult.Superseded(event, publication.channel());
    }
    if (outcome instanceof Outcome.LimitReached reached) {
      return new IngestResult.LimitReached(event, reached.limit());
    }
    return outcome instanceof Outcome.KeptFull full
        ? new IngestResult.KeptFull(event, full.bound())
        : new IngestResult.TooManyIds(event);
  }

  private IngestResult accepted(
      Publication publication,
      @Nullable HeldDeliveries held,
      LogPosition position,
      @Nullable Instant keptSince) {
    settleDeliveries(held, Fate.PUBLISHED);
    return new IngestResult.Accepted(
        publication.event(), position, publication.channel(), total(held), false, keptSince);
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

  private @Nullable String tenantChannel(Event event) {
    return stores.tenantChannels().of(event.tenant(), event.type(), event.topic());
  }

  private static int total(@Nullable HeldDeliveries held) {
    return held == null ? 0 : held.total();
  }

  /**
   * What is remembered with the event id, for {@link #firstResult}; the script adds the moment
   * since which a kept event's state is complete.
   */
  private static String answer(int deliveries, String channel) {
    return deliveries + " " + channel;
  }

  private static IngestResult firstResult(EventId event, LogPosition position, String answer) {
    String[] parts = answer.split(" ", 3);
    return new IngestResult.Accepted(
        event,
        position,
        parts[1],
        Integer.parseInt(parts[0]),
        true,
        parts.length < 3 ? null : Instant.ofEpochMilli(Long.parseLong(parts[2])));
  }
}
