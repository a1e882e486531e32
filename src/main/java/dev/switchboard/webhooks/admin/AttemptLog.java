package dev.switchboard.webhooks.admin;

import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.Database;
import dev.switchboard.webhooks.registry.SavedWebhook;
import dev.switchboard.webhooks.registry.WebhookRefusedException;
import dev.switchboard.webhooks.registry.WebhookRefusedException.Reason;
import dev.switchboard.webhooks.registry.WebhookStore;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Reads the log of attempts and queues logged deliveries again. Usable from every event loop. */
public final class AttemptLog {
  private static final int MAX_RECOVERED = 10_000;

  private final WebhookStore webhooks;
  private final LogStore logs;
  private final StatsStore stats;
  private final RedeliveryStore redeliveries;
  private final Clock clock;

  AttemptLog(WebhookStore webhooks, Database database, Clock clock) {
    this.webhooks = webhooks;
    this.logs = new LogStore(database);
    this.stats = new StatsStore(database);
    this.redeliveries = new RedeliveryStore(database);
    this.clock = clock;
  }

  /** Reads a page of one webhook's log. */
  public Future<AttemptPage> attempts(SavedWebhook webhook, LogQuery query) {
    return logs.ofWebhook(webhook.id(), query, clock.instant());
  }

  /** Reads a page of deliveries that were given up; {@code tenant} null: of all tenants. */
  public Future<AttemptPage> givenUp(@Nullable TenantId tenant, LogQuery query) {
    return logs.givenUp(tenant, query, clock.instant());
  }

  /** Sums up the attempts of the last {@code hours}. */
  public Future<WebhookStats> stats(SavedWebhook webhook, int hours) {
    return stats.of(webhook.id(), hours);
  }

  /**
   * Finds the webhook whose log has the row {@code log}; the future fails with {@link
   * WebhookRefusedException} if there is none.
   */
  public Future<SavedWebhook> webhookOfLog(long log) {
    return logs.webhookOf(log)
        .compose(
            webhook ->
                webhook.isPresent()
                    ? webhooks.find(webhook.get())
                    : Future.failedFuture(WebhookRefusedException.noSuchLogRow()));
  }

  /**
   * Queues the delivery of the row {@code log} again, due at once.
   *
   * @return id of the delivery
   */
  public Future<Long> redeliver(long log) {
    return redeliveries
        .redeliver(log)
        .map(
            delivery ->
                delivery.orElseThrow(
                    () ->
                        new WebhookRefusedException(
                            Reason.CHANGED, "the delivery is already in flight")));
  }

  /** Queues every event since then that was given up, behind live traffic. */
  public Future<Recovery> recover(SavedWebhook webhook, Instant since) {
    return redeliveries.recover(webhook.id(), since, MAX_RECOVERED);
  }
}
