package dev.switchboard.webhooks;

import dev.switchboard.auth.Vault;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.Database;
import dev.switchboard.postgres.TableSnapshot;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every webhook by tenant and by id, as of one look at the table. Immutable. */
public final class WebhookSet {
  private static final Logger log = LoggerFactory.getLogger(WebhookSet.class);
  private static final String SELECT =
      """
      SELECT id, tenant_id, url, events, secret, is_active, retry_count, timeout,
             previous_secret, previous_secret_until, ed25519_key, retry_schedule, jitter_percent,
             retry_client_errors, headers, filter, ordering, order_by, rate_limit, auto_disable
      FROM webhooks""";

  private final Map<Long, Webhook> byId = new HashMap<>();
  private final Map<TenantId, List<Webhook>> byTenant = new HashMap<>();

  private WebhookSet(List<Webhook> webhooks) {
    for (Webhook webhook : webhooks) {
      byId.put(webhook.id(), webhook);
      byTenant.computeIfAbsent(webhook.tenant(), tenant -> new ArrayList<>()).add(webhook);
    }
  }

  /** The table kept in memory; plain SQL changes show within a poll. */
  public static TableSnapshot<WebhookSet> snapshot(
      Vertx vertx, Database database, Vault vault, Duration poll) {
    return new TableSnapshot<>(
        vertx, database, "webhooks", SELECT, rows -> WebhookSet.of(rows, vault), poll);
  }

  private static WebhookSet of(List<Row> rows, Vault vault) {
    List<Webhook> webhooks = new ArrayList<>(rows.size());
    for (Row row : rows) {
      Webhook webhook = parse(row, vault);
      if (webhook != null) {
        webhooks.add(webhook);
      }
    }
    return new WebhookSet(webhooks);
  }

  /** Rows come from plain SQL too: one that can't be understood must not stop the others. */
  private static @Nullable Webhook parse(Row row, Vault vault) {
    try {
      return WebhookRow.parse(row, vault);
    } catch (IllegalArgumentException | ClassCastException | Vault.SealedException e) {
      log.atWarn()
          .addKeyValue("webhookId", row.getLong("id"))
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("The webhook's row is malformed; it gets no events");
      return null;
    }
  }

  /** The active webhooks of a tenant that ask for that type. */
  List<Webhook> wanting(TenantId tenant, EventType type) {
    List<Webhook> all = byTenant.get(tenant);
    if (all == null) {
      return List.of();
    }
    List<Webhook> wanting = new ArrayList<>(all.size());
    for (Webhook webhook : all) {
      if (webhook.active() && webhook.wants(type)) {
        wanting.add(webhook);
      }
    }
    return wanting;
  }

  /** The webhook of that number. */
  Optional<Webhook> find(long id) {
    return Optional.ofNullable(byId.get(id));
  }
}
