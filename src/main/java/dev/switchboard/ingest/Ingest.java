package dev.switchboard.ingest;

import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.DeliveriesSettled;
import dev.switchboard.bus.DeliveriesSettled.Fate;
import dev.switchboard.bus.HeldDeliveries;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of an event from its producer into the log.
 *
 * <ol>
 *   <li>Redis: a message owed to a user's inbox is stored there, unless its id was published
 *       before;
 *   <li>Postgres: what it owes is committed as held, so that a crash can't forget it;
 *   <li>Redis, in one script: its place in the log, its event id remembered, published;
 *   <li>a hint on the bus: the held deliveries may start.
 * </ol>
 *
 * <p>The inbox comes first: whoever finds held deliveries and publishes their event in another's
 * place may rely on it. If Redis surely refused, the held rows are withdrawn; if its answer is
 * unknown they stay, and a sweep or the producer's repeat settles them. Belongs to one event loop,
 * whose calls keep their order.
 */
public final class Ingest {
  private static final Logger log = LoggerFactory.getLogger(Ingest.class);

  private final Vertx vertx;
  private final RedisCommands redis;
  private final EventLog eventLog;
  private final Keys keys;
  private final OfflineInbox inbox;
  private final DeliveryLedger ledger;
  private final Clock clock;
  private final EventIdMint mint;
  private final Bounds bounds;
  private final IngestMeters meters;
  private int inFlight;

  /**
   * How much it takes on.
   *
   * @param maxInFlight events under way at once
   * @param maxRememberedIds producers' event ids remembered per tenant
   */
  public record Bounds(int maxInFlight, long maxRememberedIds) {}

  /** Over stores of the same event loop. */
  public Ingest(
      Vertx vertx,
      RedisCommands redis,
      EventLog eventLog,
      Keys keys,
      OfflineInbox inbox,
      DeliveryLedger ledger,
      Clock clock,
      Bounds bounds,
      IngestMeters meters) {
    this.vertx = vertx;
    this.redis = redis;
    this.eventLog = eventLog;
    this.keys = keys;
    this.inbox = inbox;
    this.ledger = ledger;
    this.clock = clock;
    this.mint = new EventIdMint(clock);
    this.bounds = bounds;
    this.meters = meters;
  }

  /** Whether so many more events may come now. */
  public boolean hasRoomFor(int events) {
    return inFlight + events <= bounds.maxInFlight() || inFlight == 0;
  }

  /**
   * Accepts events in their order; never fails, each result tells.
   *
   * <p>All that is owed is stored and committed first. The first event then goes to Redis alone, so
   * that the script is surely known there, and the rest is pipelined behind it in order. What
   * follows an event of its tenant that is known to have failed is not published: the producer's
   * repeat would put the failed one behind it.
   */
  public Future<List<IngestResult>> accept(List<EventDraft> drafts) {
    long started = System.nanoTime();
    inFlight += drafts.size();
    Future<List<IngestResult>> accepting =
        drafts.size() == 1 ? acceptOne(drafts.get(0)) : acceptAll(drafts);
    return accepting
        .onSuccess(results -> meters.ended(results, started))
        .onSuccess(results -> announce(drafts, results))
        .onComplete(done -> inFlight -= drafts.size());
  }

  /** A message in the inbox passes every filter, and needs no topic to be followed. */
  private void announce(List<EventDraft> drafts, List<IngestResult> results) {
    for (int i = 0; i < drafts.size(); i++) {
      EventDraft draft = drafts.get(i);
      UserId user = draft.user();
      boolean passesFilters = draft.type().isStoredByDefault() && draft.topic() == null;
      if (user != null
          && isOwedToInbox(draft)
          && !passesFilters
          && results.get(i) instanceof IngestResult.Accepted) {
        inbox.announce(draft.tenant(), user);
      }
    }
  }

  private Future<List<IngestResult>> acceptOne(EventDraft draft) {
    return store(draft).compose(this::hold).compose(this::publish).map(List::of);
  }

  private Future<List<IngestResult>> acceptAll(List<EventDraft> drafts) {
    List<Stored> stored = new ArrayList<>(drafts.size());
    return storeInOrder(drafts, stored).compose(done -> holdAll(stored));
  }

  /** Stores a message for its user without publishing it; once per event id. */
  public Future<EventId> save(EventDraft draft) {
    Event event = event(draft);
    UserId user = event.user();
    if (user == null) {
      return Future.failedFuture(new IllegalArgumentException("a saved message is for a user"));
    }
    return inbox
        .append(event.tenant(), user, event.id(), Envelope.tail(event))
        .onSuccess(fresh -> inbox.announce(event.tenant(), user))
        .map(fresh -> event.id());
  }

  /** One after the other: the order in an inbox is the order of the producer. */
  private Future<Void> storeInOrder(List<EventDraft> drafts, List<Stored> stored) {
    Set<TenantId> broken = new HashSet<>();
    Future<Void> storing = Future.succeededFuture();
    for (EventDraft draft : drafts) {
      storing =
          storing
              .compose(before -> broken.contains(draft.tenant()) ? notStored(draft) : store(draft))
              .map(
                  one -> {
                    if (one.failure() != null) {
                      broken.add(draft.tenant());
                    }
                    stored.add(one);
                    return null;
                  });
    }
    return storing;
  }

  private Future<Stored> notStored(EventDraft draft) {
    Event event = event(draft);
    return Future.succeededFuture(
        new Stored(event, Envelope.tail(event), draft.id() == null, new OutOfTurnException()));
  }

  private Future<List<IngestResult>> holdAll(List<Stored> stored) {
    List<Future<Prepared>> prepared = new ArrayList<>(stored.size());
    stored.forEach(one -> prepared.add(hold(one)));
    return Future.join(prepared)
        .transform(held -> publishInOrder(prepared.stream().map(Future::result).toList()));
  }

  private Future<List<IngestResult>> publishInOrder(List<Prepared> prepared) {
    if (prepared.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    return publish(prepared.get(0))
        .compose(
            first -> {
              Set<TenantId> broken = new HashSet<>();
              if (!(first instanceof IngestResult.Accepted)) {
                broken.add(prepared.get(0).event().tenant());
              }
              List<Future<IngestResult>> results = new ArrayList<>(prepared.size());
              results.add(Future.succeededFuture(first));
              prepared
                  .subList(1, prepared.size())
                  .forEach(next -> results.add(publishInTurn(next, broken)));
              return Future.join(results).map(all -> all.<IngestResult>list());
            });
  }

  /**
   * Publishes unless an event of the same tenant before it is known to have failed. One that is
   * under way may still fail: waiting for each would cost every array a round trip an event.
   */
  private Future<IngestResult> publishInTurn(Prepared next, Set<TenantId> broken) {
    if (broken.contains(next.event().tenant())) {
      return Future.succeededFuture(setAside(next));
    }
    if (next.failure() != null) {
      broken.add(next.event().tenant());
    }
    return publish(next);
  }

  /** What an earlier call committed for the same event stays: that call may have published it. */
  private IngestResult setAside(Prepared prepared) {
    HeldDeliveries held = prepared.held();
    boolean repeated = held != null && held.repeated();
    if (!repeated) {
      tell(held, Fate.WITHDRAWN);
    }
    return new IngestResult.Unavailable(prepared.event().id(), !repeated, OutOfTurnException.WORDS);
  }

  /** An event of the same tenant before it in the call failed. */
  private static final class OutOfTurnException extends RuntimeException {
    private static final String WORDS = "an event of the tenant before it was not accepted";

    OutOfTurnException() {
      super(WORDS, null, false, false);
    }
  }

  /** An event that is in its user's inbox, if that is owed, or the reason why it is not. */
  private record Stored(Event event, byte[] tail, boolean minted, @Nullable Throwable failure) {}

  /** An event with what it owes committed, or the reason why that failed. */
  private record Prepared(
      Event event,
      byte[] tail,
      String channel,
      boolean minted,
      @Nullable HeldDeliveries held,
      @Nullable Throwable failure) {}

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

  private Future<Stored> store(EventDraft draft) {
    Event event = event(draft);
    byte[] tail = Envelope.tail(event);
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

  private static boolean isOwedToInbox(EventDraft draft) {
    if (draft.type().isLiveOnly()) {
      return false;
    }
    return draft.store() == null ? draft.type().isStoredByDefault() : draft.store();
  }

  private Future<Prepared> hold(Stored stored) {
    Event event = stored.event();
    String channel = keys.channel(event.tenant(), event.type(), event.topic());
    Future<@Nullable HeldDeliveries> holding =
        stored.failure() != null || event.type().isLiveOnly()
            ? Future.succeededFuture()
            : ledger.hold(event, stored.tail(), stored.minted());
    return holding.transform(
        held ->
            Future.succeededFuture(
                new Prepared(
                    event,
                    stored.tail(),
                    channel,
                    stored.minted(),
                    held.result(),
                    stored.failure() == null ? held.cause() : stored.failure())));
  }

  private Future<IngestResult> publish(Prepared prepared) {
    if (prepared.failure() != null) {
      log.atWarn()
          .addKeyValue("eventId", prepared.event().id())
          .addKeyValue("reason", String.valueOf(prepared.failure().getMessage()))
          .log("What the event owes can't be committed; it was not accepted");
      return Future.succeededFuture(
          new IngestResult.Unavailable(
              prepared.event().id(), false, "what the event owes could not be committed"));
    }
    if (prepared.event().type().isLiveOnly()) {
      return publishLive(prepared);
    }
    IdMemory memory = prepared.minted() ? IdMemory.MINTED_NOW : IdMemory.PRODUCER;
    // The server's own events are few, and no producer's flood of ids may silence them.
    long remembered = prepared.event().type().isReserved() ? 0 : bounds.maxRememberedIds();
    return eventLog
        .publish(publication(prepared, memory), remembered, clock.millis())
        .transform(
            outcome ->
                Future.succeededFuture(
                    outcome.succeeded()
                        ? settle(prepared, outcome.result())
                        : unavailable(prepared, outcome.cause())));
  }

  private static Publication publication(Prepared prepared, IdMemory memory) {
    Event event = prepared.event();
    int owed = prepared.held() == null ? 0 : prepared.held().owed();
    return new Publication(
        event.log(),
        prepared.channel(),
        event.id(),
        prepared.tail(),
        memory,
        owed + " " + prepared.channel());
  }

  private IngestResult settle(Prepared prepared, Outcome outcome) {
    EventId event = prepared.event().id();
    HeldDeliveries held = prepared.held();
    if (outcome instanceof Outcome.Published published) {
      tell(held, Fate.PUBLISHED);
      return new IngestResult.Accepted(
          event, published.place(), prepared.channel(), held == null ? 0 : held.owed(), false);
    }
    if (outcome instanceof Outcome.Duplicate duplicate) {
      tell(held, held != null && held.repeated() ? Fate.PUBLISHED_BEFORE : Fate.NOT_OWED);
      return firstAnswer(event, duplicate.place(), duplicate.answer());
    }
    tell(held, Fate.WITHDRAWN);
    return new IngestResult.TooManyIds(event);
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

  private Future<IngestResult> publishLive(Prepared prepared) {
    EventId event = prepared.event().id();
    return redis
        .send("publish", List.of(prepared.channel(), Envelope.withoutPlace(prepared.tail())))
        .transform(
            sent ->
                Future.succeededFuture(
                    sent.succeeded()
                        ? new IngestResult.Accepted(event, null, prepared.channel(), 0, false)
                        : unavailable(prepared, sent.cause())));
  }

  /**
   * Publishes an event whose earlier acceptance was cut off, unless it was published after all.
   *
   * @return whether it had been published before
   */
  public Future<Boolean> republish(Republication cutOff) {
    IdMemory memory = cutOff.minted() ? IdMemory.MINTED_BEFORE : IdMemory.PRODUCER;
    Publication publication =
        new Publication(
            cutOff.log(),
            keys.channel(cutOff.log().tenant(), cutOff.type(), cutOff.log().topic()),
            cutOff.event(),
            cutOff.tail(),
            memory,
            cutOff.owed()
                + " "
                + keys.channel(cutOff.log().tenant(), cutOff.type(), cutOff.log().topic()));
    // Its acceptance must end even if the tenant's memory is full by now: no bound here.
    return eventLog
        .publish(publication, 0, clock.millis())
        .map(outcome -> outcome instanceof Outcome.Duplicate);
  }

  /** An accepted event found without a sign that it was published. */
  public record Republication(
      LogId log, EventType type, EventId event, byte[] tail, int owed, boolean minted) {}
}
