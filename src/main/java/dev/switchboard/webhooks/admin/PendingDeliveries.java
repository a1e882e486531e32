package dev.switchboard.webhooks.admin;

import dev.switchboard.bus.WebhookSignal;
import dev.switchboard.bus.WebhookSignal.DeliveriesCancelled;
import dev.switchboard.bus.WebhookSignal.DeliveryCancelled;
import dev.switchboard.webhooks.admin.PendingStore.Cancelled;
import dev.switchboard.webhooks.admin.WebhookRefusedException.Reason;
import dev.switchboard.webhooks.registry.SavedWebhook;
import dev.switchboard.webhooks.report.Peers;
import dev.switchboard.webhooks.report.WebhookNotices;
import dev.switchboard.webhooks.report.WebhookNotices.Notice;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/**
 * What a webhook is owed, shown and cancelled. A call under way is never broken off: its attempt is
 * logged as every other and only its retries are gone. Nodes that keep deliveries in memory for a
 * free worker are told to let them go; one that does not hear it makes that one attempt.
 */
public final class PendingDeliveries {
  private static final int MAX_PER_STATEMENT = 5_000;
  private static final int MAX_STATEMENTS = 20;

  private final PendingStore store;
  private final Peers peers;
  private final WebhookNotices notices;

  public PendingDeliveries(PendingStore store, Peers peers, WebhookNotices notices) {
    this.store = store;
    this.peers = peers;
    this.notices = notices;
  }

  /** A page in the order of deliveries. */
  public Future<JsonObject> page(SavedWebhook webhook, long after, int most) {
    return store.page(webhook.id(), after, most);
  }

  /** Cancels one. */
  public Future<JsonObject> cancel(SavedWebhook webhook, long delivery) {
    return store
        .cancel(webhook.id(), delivery)
        .map(
            cancelled -> {
              if (cancelled == null) {
                throw new WebhookRefusedException(
                    Reason.UNKNOWN, "the webhook is not owed such a delivery, or no longer");
              }
              return told(
                  webhook,
                  new DeliveryCancelled(webhook.tenant(), webhook.id(), delivery),
                  cancelled);
            });
  }

  /** Cancels everything that is owed now, up to a bound that the answer tells of. */
  public Future<JsonObject> cancelAll(SavedWebhook webhook) {
    return cancelNext(webhook, Cancelled.NOTHING, MAX_STATEMENTS);
  }

  private Future<JsonObject> cancelNext(SavedWebhook webhook, Cancelled before, int statements) {
    return store
        .cancelAll(webhook.id(), MAX_PER_STATEMENT)
        .compose(
            cancelled -> {
              Cancelled all = before.plus(cancelled);
              boolean more = cancelled.waiting() >= MAX_PER_STATEMENT;
              return more && statements > 1
                  ? cancelNext(webhook, all, statements - 1)
                  : Future.succeededFuture(
                      told(webhook, new DeliveriesCancelled(webhook.tenant(), webhook.id()), all)
                          .put("more", more));
            });
  }

  private JsonObject told(SavedWebhook webhook, WebhookSignal signal, Cancelled cancelled) {
    if (cancelled.underWay() > 0) {
      peers.send(signal);
    }
    int count = cancelled.waiting() + cancelled.underWay();
    if (count > 0) {
      notices.publish(
          Notice.of(webhook.tenant(), "cancelled", webhook.id()).with("deliveries", count));
    }
    return new JsonObject()
        .put("cancelled", cancelled.waiting())
        .put("under_way", cancelled.underWay());
  }
}
