package dev.switchboard.ingest;

import dev.switchboard.event.TenantId;
import dev.switchboard.ingest.parse.EventDraft;
import dev.switchboard.tracing.TraceContext;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Accepts the events of one array in order. Belongs to one event loop.
 *
 * <p>All inbox messages and deliveries are committed first. The first event then goes to Redis
 * alone, so that the script is known there for certain, and the rest is pipelined behind it in
 * order. Events that follow one of their tenant that is known to have failed are not published: the
 * producer's repeat would put the failed one behind them.
 */
final class OrderedAcceptance {
  private final PrePublishWrites writes;
  private final EventPublisher publisher;

  OrderedAcceptance(PrePublishWrites writes, EventPublisher publisher) {
    this.writes = writes;
    this.publisher = publisher;
  }

  /** Accepts the events; never fails, each result says what happened to its event. */
  Future<List<IngestResult>> accept(List<EventDraft> drafts, @Nullable TraceContext trace) {
    return writes
        .prepare(drafts, trace)
        .compose(this::storeInOrder)
        .compose(this::holdAll)
        .compose(this::publishInOrder);
  }

  /** One after the other: the order in an inbox is the order of the producer. */
  private Future<List<PreparedEvent>> storeInOrder(List<PreparedEvent> prepared) {
    List<PreparedEvent> stored = new ArrayList<>(prepared.size());
    Set<TenantId> failedTenants = new HashSet<>();
    Future<?> storing = Future.succeededFuture();
    for (PreparedEvent next : prepared) {
      storing =
          storing
              .compose(previous -> store(next, failedTenants))
              .onSuccess(
                  event -> {
                    markIfFailed(event, failedTenants);
                    stored.add(event);
                  });
    }
    return storing.map(all -> stored);
  }

  private Future<PreparedEvent> store(PreparedEvent next, Set<TenantId> failedTenants) {
    return failedTenants.contains(next.draft().event().tenant())
        ? Future.succeededFuture(writes.giveUp(next, new OutOfOrderException()))
        : writes.store(next);
  }

  private Future<List<PreparedEvent>> holdAll(List<PreparedEvent> stored) {
    return Future.all(stored.stream().map(writes::hold).toList())
        .map(held -> held.<PreparedEvent>list());
  }

  private Future<List<IngestResult>> publishInOrder(List<PreparedEvent> prepared) {
    if (prepared.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    return publisher.publish(prepared.get(0)).compose(first -> publishRest(first, prepared));
  }

  private Future<List<IngestResult>> publishRest(IngestResult first, List<PreparedEvent> prepared) {
    Set<TenantId> failedTenants = new HashSet<>();
    if (!first.letsOthersFollow()) {
      failedTenants.add(prepared.get(0).draft().event().tenant());
    }
    List<Future<IngestResult>> results = new ArrayList<>(prepared.size());
    results.add(Future.succeededFuture(first));
    for (PreparedEvent next : prepared.subList(1, prepared.size())) {
      results.add(publishUnlessFailed(next, failedTenants));
    }
    return Future.all(results).map(all -> all.<IngestResult>list());
  }

  /**
   * An event that is in flight may still fail: waiting for each would cost a round trip per event.
   */
  private Future<IngestResult> publishUnlessFailed(
      PreparedEvent next, Set<TenantId> failedTenants) {
    if (failedTenants.contains(next.draft().event().tenant())) {
      return Future.succeededFuture(publisher.setAside(next, OutOfOrderException.MESSAGE));
    }
    markIfFailed(next, failedTenants);
    return publisher.publish(next);
  }

  private static void markIfFailed(PreparedEvent event, Set<TenantId> failedTenants) {
    if (event instanceof PreparedEvent.Failed) {
      failedTenants.add(event.draft().event().tenant());
    }
  }
}
