package dev.switchboard.node;

import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.LogId;
import dev.switchboard.event.Payload;
import dev.switchboard.ingest.Ingest;
import dev.switchboard.ingest.IngestResult;
import dev.switchboard.ingest.parse.EventDraft;
import dev.switchboard.webhooks.WebhookEngine.AcceptanceFinisher;
import dev.switchboard.webhooks.report.WebhookNotices;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes events for the webhook engine: those that were accepted but perhaps never published,
 * and notices about webhooks. They go through the ingest that was offered last, on its event loop.
 * Usable from every thread.
 */
final class AcceptanceRelay implements AcceptanceFinisher {
  private static final Logger log = LoggerFactory.getLogger(AcceptanceRelay.class);

  private record Offer(Context context, Ingest ingest) {}

  private volatile @Nullable Offer offer;

  /** Offers an ingest that runs on {@code context}. */
  void offer(Context context, Ingest ingest) {
    offer = new Offer(context, ingest);
  }

  @Override
  public Future<Boolean> finish(
      LogId log, EventType type, EventId event, byte[] tail, int owed, boolean minted) {
    Offer known = offer;
    if (known == null) {
      return Future.failedFuture(new IllegalStateException("ingest has not started yet"));
    }
    Promise<Boolean> promise = Promise.promise();
    known
        .context()
        .runOnContext(
            there ->
                known
                    .ingest()
                    .republish(new Ingest.Republication(log, type, event, tail, owed, minted))
                    .onComplete(promise));
    return promise.future();
  }

  /** Publishes a notice about a webhook; does nothing before an ingest was offered. */
  void announce(WebhookNotices.Notice notice) {
    Offer known = offer;
    if (known == null) {
      return;
    }
    EventDraft draft =
        new EventDraft(
            notice.tenant(),
            notice.type(),
            Payload.ofNormalised(notice.payload().toBuffer().getBytes()),
            null,
            null,
            null,
            null,
            false);
    known
        .context()
        .runOnContext(
            there -> known.ingest().accept(List.of(draft)).onSuccess(AcceptanceRelay::warnIfLost));
  }

  private static void warnIfLost(List<IngestResult> results) {
    if (!(results.get(0) instanceof IngestResult.Accepted)) {
      log.atWarn().log("Notice about a webhook not published");
    }
  }
}
