package dev.switchboard.api;

import dev.switchboard.api.http.ProblemException;
import dev.switchboard.event.KeptKey;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.ingest.Ingest;
import dev.switchboard.ingest.IngestResult;
import dev.switchboard.ingest.parse.EventDraft;
import dev.switchboard.ingest.parse.KeepRequest;
import dev.switchboard.kept.KeptPage;
import dev.switchboard.kept.KeptStart;
import dev.switchboard.kept.KeptStore;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Ends states in the name of the server, by events that say so. Belongs to one event loop. */
public final class KeptForgetting {
  private static final int PAGE = 200;
  private static final long PAGE_BYTES = 1 << 20;

  private final KeptStore store;
  private final Ingest ingest;

  public KeptForgetting(KeptStore store, Ingest ingest) {
    this.store = store;
    this.ingest = ingest;
  }

  /** Ends the state of a key; returns the position of the event that says so. */
  Future<LogPosition> forget(LogId log, KeptKey key) {
    return ingest
        .accept(List.of(draft(log, key, null)))
        .map(
            results -> {
              if (results.get(0) instanceof IngestResult.Accepted accepted) {
                return Objects.requireNonNull(accepted.position());
              }
              throw ProblemException.unavailable("the state could not be ended; try again");
            });
  }

  /** Ends every state of a collection that was not written after this call; returns how many. */
  Future<Long> forgetAll(LogId log, String collection) {
    return store.open(log).compose(start -> forgetFrom(new Run(log, collection, start), 0, 0));
  }

  /** One call: what is written after its start stays. */
  private record Run(LogId log, String collection, KeptStart start) {}

  private Future<Long> forgetFrom(Run run, long after, long before) {
    return store
        .read(
            run.log(),
            new KeptStore.Range(run.start(), after, List.of(run.collection()), PAGE, PAGE_BYTES))
        .compose(
            page ->
                page == null
                    ? Future.succeededFuture(before)
                    : forgetPage(run, page).compose(done -> forgetNext(run, page, before + done)));
  }

  private Future<Long> forgetNext(Run run, KeptPage page, long forgotten) {
    Long next = page.next();
    return next == null ? Future.succeededFuture(forgotten) : forgetFrom(run, next, forgotten);
  }

  private Future<Long> forgetPage(Run run, KeptPage page) {
    List<EventDraft> drafts = new ArrayList<>(page.events().size());
    for (LogEvent event : page.events()) {
      if (event.head().keep() != null) {
        drafts.add(draft(run.log(), event.head().keep().key(), run.start().time()));
      }
    }
    return drafts.isEmpty()
        ? Future.succeededFuture(0L)
        : ingest.accept(drafts).map(KeptForgetting::countAccepted);
  }

  private static long countAccepted(List<IngestResult> results) {
    if (results.stream().anyMatch(IngestResult.Unavailable.class::isInstance)) {
      throw ProblemException.unavailable("not every state could be ended; try again");
    }
    return results.stream().filter(IngestResult.Accepted.class::isInstance).count();
  }

  private static EventDraft draft(LogId log, KeptKey key, @Nullable Instant asOf) {
    return EventDraft.forgetting(log, KeepRequest.toForget(key, asOf));
  }
}
