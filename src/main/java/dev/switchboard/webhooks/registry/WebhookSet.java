package dev.switchboard.webhooks.registry;

import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.Database;
import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.sealing.SecretSeal;
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

/** All webhooks, by tenant and by id, as of one read of the table. Immutable. */
public final class WebhookSet {
  private static final Logger log = LoggerFactory.getLogger(WebhookSet.class);
  private static final String SELECT = "SELECT " + WebhookRow.COLUMNS + " FROM webhooks";

  private final Map<Long, Webhook> byId = new HashMap<>();
  private final Map<TenantId, List<Webhook>> byTenant = new HashMap<>();

  private WebhookSet(List<Webhook> webhooks) {
    for (Webhook webhook : webhooks) {
      byId.put(webhook.id(), webhook);
      byTenant.computeIfAbsent(webhook.tenant(), tenant -> new ArrayList<>()).add(webhook);
    }
  }

  /** The table in memory; changes by plain SQL are seen within {@code poll}. */
  public static TableSnapshot<WebhookSet> snapshot(
      Vertx vertx, Database database, SecretSeal secretSeal, Duration poll) {
    return new TableSnapshot<>(
        vertx, database, "webhooks", SELECT, rows -> WebhookSet.of(rows, secretSeal), poll);
  }

  private static WebhookSet of(List<Row> rows, SecretSeal secretSeal) {
    List<Webhook> webhooks = new ArrayList<>(rows.size());
    for (Row row : rows) {
      Webhook webhook = parse(row, secretSeal);
      if (webhook != null) {
        webhooks.add(webhook);
      }
    }
    return new WebhookSet(webhooks);
  }

  /** Rows may come from plain SQL: a malformed one must not stop the others. */
  private static @Nullable Webhook parse(Row row, SecretSeal secretSeal) {
    try {
      return WebhookRow.parse(row, secretSeal);
    } catch (RuntimeException e) {
      log.atWarn()
          .addKeyValue("webhookId", row.getLong("id"))
          .addKeyValue("reason", reason(e))
          .log("The webhook's row is malformed; it gets no events");
      return null;
    }
  }

  private static String reason(RuntimeException fault) {
    return fault instanceof ClassCastException || fault instanceof NullPointerException
        ? "a value in events, headers, filter or retry_schedule has the wrong type"
        : String.valueOf(fault.getMessage());
  }

  /** The active webhooks of {@code tenant} that subscribe to {@code type}. */
  public List<Webhook> wanting(TenantId tenant, EventType type) {
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

  /** Finds a webhook by its id. */
  public Optional<Webhook> find(long id) {
    return Optional.ofNullable(byId.get(id));
  }
}
