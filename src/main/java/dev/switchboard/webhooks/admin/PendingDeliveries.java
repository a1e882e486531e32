package dev.switchboard.webhooks.admin;

import dev.switchboard.bus.WebhookNotices;
import dev.switchboard.bus.WebhookNotices.Notice;
import dev.switchboard.bus.WebhookSignal;
import dev.switchboard.bus.WebhookSignal.DeliveriesCancelled;
import dev.switchboard.bus.WebhookSignal.DeliveryCancelled;
import dev.switchboard.postgres.Database;
import dev.switchboard.redis.WebhookSignals;
import dev.switchboard.webhooks.registry.SavedWebhook;
import dev.switchboard.webhooks.registry.WebhookRefusedException;
import dev.switchboard.webhooks.registry.WebhookRefusedException.Reason;
import io.vertx.core.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and cancels the pending deliveries of a webhook. A call in flight is never broken off: its
 * attempt is logged like any other, only its retries are gone. Nodes that keep deliveries in memory
 * get a signal to give them back; a node that misses it makes that one attempt.
 */
public final class PendingDeliveries {
  private static final Logger log = LoggerFactory.getLogger(PendingDeliveries.class);
  private static final int MAX_PER_STATEMENT = 5_000;
  private static final int MAX_STATEMENTS = 20;

  private final PendingStore store;
  private final WebhookSignals signals;
  private final WebhookNotices notices;

  PendingDeliveries(Database database, WebhookSignals signals, WebhookNotices notices) {
    this.store = new PendingStore(database);
    this.signals = signals;
    this.notices = notices;
  }

  /** Reads at most {@code limit} deliveries behind the id {@code after}, in the order of ids. */
  public Future<PendingDelivery.Page> page(SavedWebhook webhook, long after, int limit) {
    return store.page(webhook.id(), after, limit);
  }

  /**
   * Cancels the delivery {@code delivery}; the future fails with {@link WebhookRefusedException} if
   * it is not pending.
   */
  public Future<Cancellation> cancel(SavedWebhook webhook, long delivery) {
    return store
        .cancel(webhook.id(), delivery)
        .map(
            cancelled ->
                cancelled.orElseThrow(
                    () ->
                        new WebhookRefusedException(
                            Reason.UNKNOWN, "the webhook has no such pending delivery")))
        .onSuccess(
            cancelled ->
                announce(
                    webhook,
                    new DeliveryCancelled(webhook.tenant(), webhook.id(), delivery),
                    cancelled));
  }

  /** Cancels the deliveries that are pending now, at most 100 000 of those that wait. */
  public Future<Cancellation> cancelAll(SavedWebhook webhook) {
    return cancelNext(webhook, Cancellation.NONE, MAX_STATEMENTS)
        .onSuccess(
            cancelled ->
                announce(
                    webhook, new DeliveriesCancelled(webhook.tenant(), webhook.id()), cancelled));
  }

  private Future<Cancellation> cancelNext(
      SavedWebhook webhook, Cancellation before, int statements) {
    return store
        .cancelAll(webhook.id(), MAX_PER_STATEMENT)
        .map(before::plus)
        .compose(
            all ->
                all.more() && statements > 1
                    ? cancelNext(webhook, all, statements - 1)
                    : Future.succeededFuture(all));
  }

  private void announce(SavedWebhook webhook, WebhookSignal signal, Cancellation cancelled) {
    if (cancelled.inFlight() > 0) {
      signals
          .send(signal)
          .onFailure(
              failure ->
                  log.atDebug()
                      .addKeyValue("webhookId", webhook.id())
                      .addKeyValue("reason", String.valueOf(failure.getMessage()))
                      .log("Can't signal other nodes that deliveries were cancelled"));
    }
    if (cancelled.total() > 0) {
      notices.publish(
          Notice.of(webhook.tenant(), "cancelled", webhook.id())
              .with("deliveries", cancelled.total()));
    }
  }
}
