package dev.switchboard.webhooks.admin;

import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.admin.RedeliveryStore.Recovered;
import dev.switchboard.webhooks.admin.WebhookRefusedException.Reason;
import dev.switchboard.webhooks.registry.SavedWebhook;
import dev.switchboard.webhooks.registry.WebhookStore;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of webhooks' calls, and the same deliveries once more. Usable from every event loop.
 */
public final class AttemptLog {
  private static final int MAX_RECOVERED = 10_000;

  private final WebhookStore webhooks;
  private final LogStore logs;
  private final StatsStore totals;
  private final RedeliveryStore again;
  private final Clock clock;

  public AttemptLog(
      WebhookStore webhooks, LogStore logs, StatsStore totals, RedeliveryStore again, Clock clock) {
    this.webhooks = webhooks;
    this.logs = logs;
    this.totals = totals;
    this.again = again;
    this.clock = clock;
  }

  /** A page of one webhook's log. */
  public Future<JsonObject> logs(SavedWebhook webhook, LogQuery query) {
    return logs.ofWebhook(webhook.id(), query, clock.instant());
  }

  /** A page of what was given up, of a tenant or, for null, of all. */
  public Future<JsonObject> failed(@Nullable TenantId tenant, LogQuery query) {
    return logs.givenUp(tenant, query, clock.instant());
  }

  /** How it did over the last hours. */
  public Future<JsonObject> stats(SavedWebhook webhook, int hours) {
    return totals.of(webhook.id(), hours);
  }

  /** The webhook whose log has that row. */
  public Future<SavedWebhook> webhookOfLog(long log) {
    return logs.webhookOf(log)
        .compose(
            webhook ->
                webhook.isPresent()
                    ? webhooks.find(webhook.get()).map(WebhookAdmin::known)
                    : Future.failedFuture(
                        new WebhookRefusedException(
                            Reason.UNKNOWN, "there is no such row in the log")));
  }

  /** Delivers what a row of the log tells of once more, at once. */
  public Future<JsonObject> redeliver(long log) {
    return again
        .redeliver(log)
        .map(
            delivery ->
                new JsonObject()
                    .put(
                        "delivery_id",
                        delivery.orElseThrow(
                            () ->
                                new WebhookRefusedException(
                                    Reason.CHANGED, "the delivery is being made already"))));
  }

  /** Queues every event since then that was given up, behind live traffic. */
  public Future<JsonObject> recover(SavedWebhook webhook, Instant since) {
    return again
        .recover(webhook.id(), since, MAX_RECOVERED)
        .map(
            (Recovered recovered) ->
                new JsonObject().put("queued", recovered.queued()).put("more", recovered.more()));
  }
}
