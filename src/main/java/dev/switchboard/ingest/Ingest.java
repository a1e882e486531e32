package dev.switchboard.ingest;

import dev.switchboard.bus.Republication;
import dev.switchboard.bus.Republished;
import dev.switchboard.bus.Republisher;
import dev.switchboard.config.KeptConfig;
import dev.switchboard.event.EventId;
import dev.switchboard.ingest.parse.EventDraft;
import dev.switchboard.tracing.PublishSpan;
import dev.switchboard.tracing.TraceCarrier;
import dev.switchboard.tracing.TraceContext;
import dev.switchboard.tracing.Tracing;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Accepts events: takes each from its producer into the log.
 *
 * <ol>
 *   <li>Redis: room is reserved for a message owed to a user's inbox, within the tenant's limits;
 *   <li>Redis: a message owed to a user's inbox is stored there, unless its id was published
 *       before;
 *   <li>Postgres: its webhook deliveries are committed as held, so that a crash can't forget them;
 *   <li>Redis, in one script: its position in the log, its event id remembered, published;
 *   <li>a hint on the bus: the held deliveries may start.
 * </ol>
 *
 * <p>The inbox comes first, because a sweep that finds held deliveries publishes their event
 * without another look at the inbox. If Redis certainly refused, the held rows are withdrawn; if
 * its answer is unknown they stay, and a sweep or the producer's repeat settles them. Belongs to
 * one event loop; calls on it keep their order.
 */
public final class Ingest implements Republisher {
  private final PrePublishWrites writes;
  private final EventPublisher publisher;
  private final Bounds bounds;
  private final IngestMeters meters;
  private final Tracing tracing;
  private int inFlight;

  /**
   * Limits of one ingest.
   *
   * @param maxInFlight maximum events in flight
   * @param maxRememberedIds maximum producers' event ids remembered per tenant
   * @param kept bounds of kept events
   */
  public record Bounds(int maxInFlight, long maxRememberedIds, KeptConfig kept) {}

  /** Where an ingest reports what it does. */
  public record Reports(IngestMeters meters, Tracing tracing) {}

  /** Makes an ingest for the calling event loop, whose stores it uses. */
  public Ingest(Vertx vertx, IngestStores stores, Clock clock, Bounds bounds, Reports reports) {
    this.writes = new PrePublishWrites(stores, clock);
    this.publisher = new EventPublisher(vertx, stores, clock, bounds);
    this.bounds = bounds;
    this.meters = reports.meters();
    this.tracing = reports.tracing();
  }

  /** Whether that many more events fit under the limit; an idle ingest takes any number. */
  public boolean hasRoomFor(int events) {
    return inFlight + events <= bounds.maxInFlight() || inFlight == 0;
  }

  /** Accepts events in order; never fails, each result says what happened to its event. */
  public Future<List<IngestResult>> accept(List<EventDraft> drafts) {
    return accept(drafts, TraceCarrier.NONE);
  }

  /** The same for events of a call whose trace {@code carrier} names. */
  public Future<List<IngestResult>> accept(List<EventDraft> drafts, TraceCarrier carrier) {
    if (!tracing.isOn()) {
      return acceptIn(null, drafts);
    }
    PublishSpan span = tracing.publishing(PublishSpans.describe(drafts), carrier);
    return acceptIn(span.carried(), drafts)
        .onSuccess(results -> span.ended(PublishSpans.end(results)));
  }

  private Future<List<IngestResult>> acceptIn(
      @Nullable TraceContext trace, List<EventDraft> drafts) {
    long started = System.nanoTime();
    count(drafts.size());
    Future<List<IngestResult>> accepting =
        drafts.size() == 1
            ? acceptOne(drafts.get(0), trace)
            : new OrderedAcceptance(writes, publisher).accept(drafts, trace);
    return accepting
        .onSuccess(results -> meters.record(drafts, results, started))
        .onSuccess(results -> announce(drafts, results))
        .onComplete(done -> count(-drafts.size()));
  }

  private void count(int more) {
    inFlight += more;
    meters.inFlight(more);
  }

  private Future<List<IngestResult>> acceptOne(EventDraft draft, @Nullable TraceContext trace) {
    return writes
        .prepare(List.of(draft), trace)
        .compose(prepared -> writes.store(prepared.get(0)))
        .compose(writes::hold)
        .compose(publisher::publish)
        .map(List::of);
  }

  private void announce(List<EventDraft> drafts, List<IngestResult> results) {
    for (int i = 0; i < drafts.size(); i++) {
      if (results.get(i) instanceof IngestResult.Accepted) {
        writes.announce(drafts.get(i));
      }
    }
  }

  /** Stores a message for its user without publishing it; once per event id. */
  public Future<EventId> save(EventDraft draft) {
    return writes.save(draft);
  }

  @Override
  public Future<Republished> republish(Republication republication) {
    return publisher.republish(republication);
  }
}
