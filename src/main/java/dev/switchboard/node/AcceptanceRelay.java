package dev.switchboard.node;

import dev.switchboard.bus.Republication;
import dev.switchboard.bus.Republished;
import dev.switchboard.bus.Republisher;
import dev.switchboard.bus.WebhookNotices;
import dev.switchboard.event.Payload;
import dev.switchboard.ingest.Ingest;
import dev.switchboard.ingest.IngestResult;
import dev.switchboard.ingest.parse.EventDraft;
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
final class AcceptanceRelay implements Republisher, WebhookNotices {
  private static final Logger log = LoggerFactory.getLogger(AcceptanceRelay.class);

  private record Offer(Context context, Ingest ingest) {}

  private volatile @Nullable Offer offer;

  /** Offers an ingest that runs on {@code context}. */
  void offer(Context context, Ingest ingest) {
    offer = new Offer(context, ingest);
  }

  @Override
  public Future<Republished> republish(Republication republication) {
    Offer known = offer;
    if (known == null) {
      return Future.failedFuture(new IllegalStateException("ingest has not started yet"));
    }
    Promise<Republished> promise = Promise.promise();
    known
        .context()
        .runOnContext(there -> known.ingest().republish(republication).onComplete(promise));
    return promise.future();
  }

  /** Publishes a notice about a webhook; does nothing before an ingest was offered. */
  @Override
  public void publish(Notice notice) {
    Offer known = offer;
    if (known == null) {
      return;
    }
    EventDraft draft =
        EventDraft.ofServer(
            notice.tenant(),
            notice.type(),
            Payload.ofNormalised(notice.payload().toBuffer().getBytes()));
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
