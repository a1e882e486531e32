package dev.switchboard.ingest;

import dev.switchboard.bus.HeldDeliveries;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.UserId;
import dev.switchboard.ingest.parse.EventDraft;
import dev.switchboard.redis.EventLog;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of drafts, and commits what they owe to inboxes and webhooks before they may be
 * published. Belongs to one event loop.
 */
final class PrePublishWrites {
  private final EventLog eventLog;
  private final OfflineInbox inbox;
  private final DeliveryLedger ledger;
  private final Clock clock;
  private final EventIdMint mint;

  PrePublishWrites(EventLog eventLog, OfflineInbox inbox, DeliveryLedger ledger, Clock clock) {
    this.eventLog = eventLog;
    this.inbox = inbox;
    this.ledger = ledger;
    this.clock = clock;
    this.mint = new EventIdMint(clock);
  }

  /** An event that is in its user's inbox, if that is owed, or the reason why it is not. */
  record Stored(Event event, byte[] tail, boolean minted, @Nullable Throwable failure) {}

  /** An event with all it owes committed, or the reason why that failed. */
  record Prepared(
      Event event,
      byte[] tail,
      boolean minted,
      @Nullable HeldDeliveries held,
      @Nullable Throwable failure) {}

  /** Stores for its user what is owed to the inbox, unless its id was published before. */
  Future<Stored> store(EventDraft draft) {
    Event event = event(draft);
    byte[] tail = Envelope.body(event);
    boolean minted = draft.id() == null;
    UserId user = event.user();
    if (user == null || !isOwedToInbox(draft)) {
      return Future.succeededFuture(new Stored(event, tail, minted, null));
    }
    Future<Boolean> before =
        minted
            ? Future.succeededFuture(false)
            : eventLog.remembers(event.tenant(), event.id(), clock.millis());
    return before
        .compose(
            published ->
                published
                    ? Future.succeededFuture(false)
                    : inbox.append(event.tenant(), user, event.id(), tail))
        .transform(kept -> Future.succeededFuture(new Stored(event, tail, minted, kept.cause())));
  }

  /** What must not be stored, and why. */
  Stored refuse(EventDraft draft, Throwable reason) {
    Event event = event(draft);
    return new Stored(event, Envelope.body(event), draft.id() == null, reason);
  }

  /** Commits the deliveries it owes; one that could not be stored owes none. */
  Future<Prepared> hold(Stored stored) {
    Event event = stored.event();
    if (stored.failure() != null || event.type().isLiveOnly()) {
      return Future.succeededFuture(prepared(stored, null, stored.failure()));
    }
    return ledger
        .hold(event, stored.tail(), stored.minted())
        .transform(held -> Future.succeededFuture(prepared(stored, held.result(), held.cause())));
  }

  /** Stores a message for its user that is not published; once per event id. */
  Future<EventId> save(EventDraft draft) {
    Event event = event(draft);
    UserId user = event.user();
    if (user == null) {
      return Future.failedFuture(new IllegalArgumentException("a saved message is for a user"));
    }
    return inbox
        .append(event.tenant(), user, event.id(), Envelope.body(event))
        .onSuccess(fresh -> inbox.announce(event.tenant(), user))
        .map(fresh -> event.id());
  }

  /** A message in the inbox passes every filter, and needs no topic to be followed. */
  void announce(EventDraft accepted) {
    UserId user = accepted.user();
    boolean passesFilters = accepted.type().isStoredByDefault() && accepted.topic() == null;
    if (user != null && isOwedToInbox(accepted) && !passesFilters) {
      inbox.announce(accepted.tenant(), user);
    }
  }

  private static Prepared prepared(
      Stored stored, @Nullable HeldDeliveries held, @Nullable Throwable failure) {
    return new Prepared(stored.event(), stored.tail(), stored.minted(), held, failure);
  }

  private Event event(EventDraft draft) {
    EventId given = draft.id();
    return new Event(
        given == null ? mint.next() : given,
        draft.type(),
        draft.tenant(),
        Instant.ofEpochMilli(clock.millis()),
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
