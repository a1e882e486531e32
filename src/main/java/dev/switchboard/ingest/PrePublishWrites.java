package dev.switchboard.ingest;

import static java.util.Objects.requireNonNull;

import dev.switchboard.event.Envelope;
import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.inbox.InboxStore.Appended;
import dev.switchboard.ingest.PreparedEvent.Draft;
import dev.switchboard.ingest.PreparedEvent.Failed;
import dev.switchboard.ingest.PreparedEvent.Ready;
import dev.switchboard.ingest.PreparedEvent.Refused;
import dev.switchboard.ingest.PreparedEvent.Reserved;
import dev.switchboard.ingest.parse.EventDraft;
import dev.switchboard.redis.ControlChannel;
import dev.switchboard.redis.LimitReachedException;
import dev.switchboard.tracing.TraceContext;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes events from drafts and commits their inbox messages and webhook deliveries, which must be
 * stored before the event may be published. Belongs to one event loop.
 */
final class PrePublishWrites {
  private final IngestStores stores;
  private final ControlChannel control;
  private final Clock clock;
  private final EventIdMint mint;

  PrePublishWrites(IngestStores stores, Clock clock) {
    this.stores = stores;
    this.control = new ControlChannel(stores.redis(), stores.keys());
    this.clock = clock;
    this.mint = new EventIdMint(clock);
  }

  /**
   * Makes the events, and reserves room for the messages that they owe to inboxes of their users.
   * An event whose id was published before owes none.
   *
   * @param trace carried by all of them; null for none
   */
  Future<List<PreparedEvent>> prepare(List<EventDraft> eventDrafts, @Nullable TraceContext trace) {
    List<Future<PreparedEvent>> prepared = new ArrayList<>(eventDrafts.size());
    boolean reserves = false;
    for (EventDraft eventDraft : eventDrafts) {
      Draft draft = draft(eventDraft, trace);
      UserId user = draft.event().user();
      boolean owed = user != null && isOwedToInbox(eventDraft);
      reserves |= owed;
      prepared.add(
          owed
              ? unlessPublished(draft, requireNonNull(user))
              : Future.succeededFuture(new Ready(draft, null)));
    }
    Future<List<PreparedEvent>> events = Future.all(prepared).map(all -> all.<PreparedEvent>list());
    return reserves ? events.compose(new RoomReservation(stores.inbox())::reserve) : events;
  }

  private Future<PreparedEvent> unlessPublished(Draft draft, UserId user) {
    return wasPublished(draft)
        .<PreparedEvent>map(
            published -> published ? new Ready(draft, null) : new Reserved(draft, user))
        .otherwise(failure -> new Failed(draft, failure));
  }

  /** Stores the event in its user's inbox if room was reserved there. */
  Future<PreparedEvent> store(PreparedEvent prepared) {
    if (!(prepared instanceof Reserved reserved)) {
      return Future.succeededFuture(prepared);
    }
    Draft draft = reserved.draft();
    return append(draft, reserved.user())
        .map(draft::storedAs)
        .<PreparedEvent>map(stored -> new Ready(stored, null))
        .otherwise(failure -> new Failed(draft, failure));
  }

  /** Gives up an event that must be neither stored nor published, for the given reason. */
  PreparedEvent giveUp(PreparedEvent prepared, Throwable reason) {
    Draft draft = prepared.draft();
    if (prepared instanceof Reserved reserved) {
      Future<?> unused = stores.inbox().freeReserved(draft.event().tenant(), reserved.user());
    }
    return new Failed(draft, reason);
  }

  /** Commits the event's webhook deliveries, held back until it is published. */
  Future<PreparedEvent> hold(PreparedEvent stored) {
    Draft draft = stored.draft();
    if (!(stored instanceof Ready) || draft.event().type().isLiveOnly()) {
      return Future.succeededFuture(stored);
    }
    return stores
        .outbox()
        .store(draft.event(), draft.queuedBody(), draft.minted())
        .<PreparedEvent>map(held -> new Ready(draft, held))
        .otherwise(failure -> new Failed(draft, failure));
  }

  /** Stores a message for its user without publishing it; once per event id. */
  Future<EventId> save(EventDraft draft) {
    UserId user = draft.user();
    if (user == null) {
      return Future.failedFuture(new IllegalArgumentException("a saved message needs a user"));
    }
    Draft message = draft(draft, null);
    return new RoomReservation(stores.inbox())
        .reserve(List.of(new Reserved(message, user)))
        .compose(reserved -> saved(reserved.get(0), user))
        .onSuccess(stored -> readInbox(draft.tenant(), user))
        .compose(stored -> stored.replicated().map(message.event().id()));
  }

  private Future<Appended> saved(PreparedEvent reserved, UserId user) {
    if (reserved instanceof Refused refused) {
      return Future.failedFuture(new LimitReachedException(refused.limit()));
    }
    return reserved instanceof Failed failed
        ? Future.failedFuture(failed.cause())
        : append(reserved.draft(), user);
  }

  /**
   * Asks the user's sessions to read their inbox if an accepted event is there that their filters
   * and topics may keep from them: inbox messages pass every filter.
   */
  void announce(EventDraft accepted) {
    UserId user = accepted.user();
    boolean passesFilters = accepted.type().isStoredByDefault() && accepted.topic() == null;
    if (user != null && isOwedToInbox(accepted) && !passesFilters) {
      readInbox(accepted.tenant(), user);
    }
  }

  /** A hint to every node; a session that misses it gets the message when it next connects. */
  private void readInbox(TenantId tenant, UserId user) {
    Future<Instant> unused = control.readInbox(tenant, user);
  }

  private Future<Boolean> wasPublished(Draft draft) {
    return draft.minted()
        ? Future.succeededFuture(false)
        : stores.eventLog().remembers(draft.event().tenant(), draft.event().id(), clock.millis());
  }

  private Future<Appended> append(Draft draft, UserId user) {
    Event event = draft.event();
    return stores
        .inbox()
        .append(event.tenant(), user, event.id(), draft.body())
        .onFailure(
            failure -> {
              Future<?> unused = stores.inbox().freeReserved(event.tenant(), user);
            });
  }

  private Draft draft(EventDraft draft, @Nullable TraceContext trace) {
    Event event = event(draft);
    Instant asOf = draft.keep() == null ? null : draft.keep().asOf();
    byte[] body = Envelope.body(event);
    return trace == null || event.type().isLiveOnly()
        ? new Draft(event, body, draft.id() == null, asOf, null, null)
        : new Draft(event, trace.addTo(body), draft.id() == null, asOf, null, trace);
  }

  private Event event(EventDraft draft) {
    EventId given = draft.id();
    Instant now = Instant.ofEpochMilli(clock.millis());
    return new Event(
        given == null ? mint.next() : given,
        draft.type(),
        draft.tenant(),
        now,
        draft.sender(),
        draft.keep() == null ? null : draft.keep().acceptedAt(now),
        draft.user(),
        draft.topic(),
        draft.chatSession(),
        draft.payload());
  }

  private static boolean isOwedToInbox(EventDraft draft) {
    if (draft.type().isLiveOnly()) {
      return false;
    }
    return draft.store() == null ? draft.type().isStoredByDefault() : draft.store();
  }
}
