package dev.switchboard.ingest;

import dev.switchboard.bus.Outbox;
import dev.switchboard.bus.Republication;
import dev.switchboard.bus.Republisher;
import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.ingest.PrePublishWrites.Prepared;
import dev.switchboard.ingest.PrePublishWrites.Stored;
import dev.switchboard.ingest.parse.EventDraft;
import dev.switchboard.redis.EventLog;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
public final class Ingest implements Republisher {
  private final PrePublishWrites prePublishWrites;
  private final EventPublisher publisher;
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
      Outbox outbox,
      Clock clock,
      Bounds bounds,
      IngestMeters meters) {
    this.prePublishWrites = new PrePublishWrites(eventLog, inbox, outbox, clock);
    this.publisher =
        new EventPublisher(vertx, redis, eventLog, keys, clock, bounds.maxRememberedIds());
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

  /** Stores a message for its user without publishing it; once per event id. */
  public Future<EventId> save(EventDraft draft) {
    return prePublishWrites.save(draft);
  }

  @Override
  public Future<Boolean> republish(Republication republication) {
    return publisher.republish(republication);
  }

  private void announce(List<EventDraft> drafts, List<IngestResult> results) {
    for (int i = 0; i < drafts.size(); i++) {
      if (results.get(i) instanceof IngestResult.Accepted) {
        prePublishWrites.announce(drafts.get(i));
      }
    }
  }

  private Future<List<IngestResult>> acceptOne(EventDraft draft) {
    return prePublishWrites
        .store(draft)
        .compose(prePublishWrites::hold)
        .compose(publisher::publish)
        .map(List::of);
  }

  private Future<List<IngestResult>> acceptAll(List<EventDraft> drafts) {
    List<Stored> stored = new ArrayList<>(drafts.size());
    return storeInOrder(drafts, stored).compose(done -> holdAll(stored));
  }

  /** One after the other: the order in an inbox is the order of the producer. */
  private Future<Void> storeInOrder(List<EventDraft> drafts, List<Stored> stored) {
    Set<TenantId> broken = new HashSet<>();
    Future<Void> storing = Future.succeededFuture();
    for (EventDraft draft : drafts) {
      storing =
          storing
              .compose(before -> storeInTurn(draft, broken))
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

  private Future<Stored> storeInTurn(EventDraft draft, Set<TenantId> broken) {
    return broken.contains(draft.tenant())
        ? Future.succeededFuture(prePublishWrites.refuse(draft, new OutOfTurnException()))
        : prePublishWrites.store(draft);
  }

  private Future<List<IngestResult>> holdAll(List<Stored> stored) {
    List<Future<Prepared>> prepared = new ArrayList<>(stored.size());
    stored.forEach(one -> prepared.add(prePublishWrites.hold(one)));
    return Future.join(prepared)
        .transform(held -> publishInOrder(prepared.stream().map(Future::result).toList()));
  }

  private Future<List<IngestResult>> publishInOrder(List<Prepared> prepared) {
    if (prepared.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    return publisher
        .publish(prepared.get(0))
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
      return Future.succeededFuture(publisher.setAside(next, OutOfTurnException.WORDS));
    }
    if (next.failure() != null) {
      broken.add(next.event().tenant());
    }
    return publisher.publish(next);
  }

  /** An event of the same tenant before it in the call failed. */
  private static final class OutOfTurnException extends RuntimeException {
    private static final String WORDS = "an event of the tenant before it was not accepted";

    OutOfTurnException() {
      super(WORDS, null, false, false);
    }
  }
}
