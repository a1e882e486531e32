package dev.switchboard.webhooks.registry;

import dev.switchboard.config.Secret;
import dev.switchboard.event.TenantId;
import dev.switchboard.sealing.SecretSeal;
import dev.switchboard.webhooks.format.FormatChoice;
import dev.switchboard.webhooks.format.WebhookFormat;
import dev.switchboard.webhooks.signing.Ed25519;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a row of {@code webhooks} for administration, also one that plain SQL left malformed. */
final class SavedWebhookRow {
  private SavedWebhookRow() {}

  /** The webhook of a row that has {@link WebhookRow#COLUMNS}. */
  static SavedWebhook parse(Row row, SecretSeal secretSeal) {
    return new SavedWebhook(
        row.getLong("id"),
        new TenantId(row.getString("tenant_id")),
        row.getLong("version"),
        settings(row),
        state(row, secretSeal),
        headers(row),
        callable(row, secretSeal),
        CheckedRow.of(row, secretSeal),
        BreakerState.CLOSED);
  }

  private static @Nullable Webhook callable(Row row, SecretSeal secretSeal) {
    try {
      Webhook webhook = WebhookRow.parse(row, secretSeal);
      return webhook.faults().state() instanceof RowFaults.Usable ? webhook : null;
    } catch (RuntimeException malformed) {
      return null;
    }
  }

  private static SavedWebhook.Settings settings(Row row) {
    return new SavedWebhook.Settings(
        row.getString("name"),
        row.getString("url"),
        json(row, "events"),
        row.getBoolean("is_active"),
        row.getInteger("retry_count"),
        row.getInteger("timeout"),
        json(row, "retry_schedule"),
        row.getInteger("jitter_percent"),
        row.getBoolean("retry_client_errors"),
        List.copyOf(headers(row).fieldNames()),
        json(row, "filter"),
        row.getString("ed25519_key") != null,
        row.getString("ordering"),
        row.getString("order_by"),
        row.getInteger("rate_limit"),
        row.getBoolean("auto_disable"),
        body(row));
  }

  private static SavedWebhook.Body body(Row row) {
    String format = row.getString("format");
    WebhookFormat configured = format == null ? null : WebhookFormat.named(format).orElse(null);
    boolean known = format == null || configured != null;
    return new SavedWebhook.Body(
        format,
        row.getString("template"),
        row.getString("content_type"),
        known ? FormatChoice.of(configured, row.getString("url")) : null);
  }

  private static SavedWebhook.State state(Row row, SecretSeal secretSeal) {
    return new SavedWebhook.State(
        hasSecret(row),
        time(row, "previous_secret_until"),
        publicKey(row, secretSeal),
        certificate(row, secretSeal),
        row.getString("disabled_reason"),
        time(row, "disabled_at"),
        row.getOffsetDateTime("created_at").toInstant(),
        row.getOffsetDateTime("updated_at").toInstant());
  }

  private static @Nullable Object json(Row row, String column) {
    try {
      return WebhookRow.json(row, column);
    } catch (DecodeException unreadable) {
      return null;
    }
  }

  private static @Nullable Instant time(Row row, String column) {
    OffsetDateTime time = row.getOffsetDateTime(column);
    return time == null ? null : time.toInstant();
  }

  private static JsonObject headers(Row row) {
    return json(row, "headers") instanceof JsonObject headers ? headers : new JsonObject();
  }

  /** An empty one, as plain SQL can leave it, signs nothing. */
  private static boolean hasSecret(Row row) {
    String secret = row.getString("secret");
    return secret != null && !secret.isEmpty();
  }

  private static SavedWebhook.ShownCertificate certificate(Row row, SecretSeal secretSeal) {
    try {
      ClientCertificate certificate =
          WebhookRow.clientCertificate(row, secretSeal, row.getString("tenant_id"));
      return new SavedWebhook.ShownCertificate(
          certificate != null, certificate == null ? null : certificate.info());
    } catch (SecretSeal.SealedException | IllegalArgumentException unreadable) {
      return new SavedWebhook.ShownCertificate(true, null);
    }
  }

  private static @Nullable String publicKey(Row row, SecretSeal secretSeal) {
    try {
      Secret key = secretSeal.open(row.getString("ed25519_key"), row.getString("tenant_id"));
      return key.isSet() ? Ed25519.publicOf(key) : null;
    } catch (SecretSeal.SealedException | IllegalArgumentException unreadable) {
      return null;
    }
  }
}
