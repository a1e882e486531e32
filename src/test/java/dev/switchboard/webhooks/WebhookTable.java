package dev.switchboard.webhooks;

import dev.switchboard.support.Stores;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A tenant's webhooks, attempts and pending deliveries, read and written by plain SQL. */
public final class WebhookTable {
  private final Stores stores;
  private final String tenant;

  public WebhookTable(Stores stores, String tenant) {
    this.stores = stores;
    this.tenant = tenant;
  }

  /** A webhook for call.* with further columns, such as {@code timeout = 3}; answers its id. */
  public long insert(String url, String options) {
    long id =
        Long.parseLong(
            stores
                .postgres()
                .value(
                    "INSERT INTO webhooks (tenant_id, name, url, events, is_active) VALUES ('"
                        + tenant
                        + "', 'mine', '"
                        + url
                        + "', '[\"call.*\"]', false) RETURNING id"));
    stores
        .postgres()
        .execute("UPDATE webhooks SET " + options + ", is_active = true WHERE id = " + id);
    return id;
  }

  /** Inserts a delivery into the queue; returns its id. */
  public long insertDelivery(long webhook, String columns, String values) {
    return Long.parseLong(
        stores
            .postgres()
            .value(
                "INSERT INTO webhook_deliveries (webhook_id, tenant_id, accepted_at, "
                    + columns
                    + ") VALUES ("
                    + webhook
                    + ", '"
                    + tenant
                    + "', now(), "
                    + values
                    + ") RETURNING id"));
  }

  /** The tail of an envelope of that tenant, in quotes. */
  public String envelope(String eventId, String payload) {
    return "'\"event_id\":\""
        + eventId
        + "\",\"type\":\"call.incoming\",\"tenant_id\":\""
        + tenant
        + "\",\"timestamp\":\"2026-11-23T09:30:00.123Z\",\"payload\":"
        + payload
        + "}'";
  }

  /** An expression over the webhook's attempts, oldest first. */
  public List<@Nullable String> attempts(long webhook, String expression) {
    return stores
        .postgres()
        .query(
            "SELECT "
                + expression
                + " FROM webhook_logs WHERE webhook_id = "
                + webhook
                + " ORDER BY id")
        .stream()
        .map(row -> row.get(0))
        .toList();
  }

  /** Counts the pending deliveries of {@code webhook}. */
  public int pending(long webhook) {
    return Integer.parseInt(
        stores
            .postgres()
            .value("SELECT count(*) FROM webhook_deliveries WHERE webhook_id = " + webhook));
  }

  /** Counts the pending deliveries of the tenant. */
  int pendingOfTenant() {
    return Integer.parseInt(
        stores
            .postgres()
            .value("SELECT count(*) FROM webhook_deliveries WHERE tenant_id = '" + tenant + "'"));
  }
}
