package dev.switchboard.webhooks.registry;

import dev.switchboard.config.Secret;
import dev.switchboard.event.TenantId;
import dev.switchboard.sealing.SecretSeal;
import dev.switchboard.webhooks.signing.Ed25519;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a row of {@code webhooks} for who administers it: one that plain SQL left malformed must be
 * seen to be mended.
 */
final class SavedWebhookRow {
  private SavedWebhookRow() {}

  /** The webhook of a row that has {@link WebhookRow#COLUMNS}. */
  static SavedWebhook parse(Row row, SecretSeal secretSeal) {
    return new SavedWebhook(
        row.getLong("id"),
        new TenantId(row.getString("tenant_id")),
        row.getLong("version"),
        shown(row, secretSeal),
        headers(row),
        callable(row, secretSeal));
  }

  private static @Nullable Webhook callable(Row row, SecretSeal secretSeal) {
    try {
      return WebhookRow.parse(row, secretSeal);
    } catch (RuntimeException malformed) {
      return null;
    }
  }

  private static JsonObject shown(Row row, SecretSeal secretSeal) {
    return new JsonObject()
        .put("id", row.getLong("id"))
        .put("tenant_id", row.getString("tenant_id"))
        .put("name", row.getString("name"))
        .put("url", row.getString("url"))
        .put("events", json(row, "events"))
        .put("has_secret", hasSecret(row))
        .put("previous_secret_until", time(row, "previous_secret_until"))
        .put("is_active", row.getBoolean("is_active"))
        .put("retry_count", row.getInteger("retry_count"))
        .put("timeout", row.getInteger("timeout"))
        .put("retry_schedule", json(row, "retry_schedule"))
        .put("jitter_percent", row.getInteger("jitter_percent"))
        .put("retry_client_errors", row.getBoolean("retry_client_errors"))
        .put("headers", hidden(headers(row)))
        .put("filter", json(row, "filter"))
        .put("ed25519", row.getString("ed25519_key") != null)
        .put("ed25519_public_key", publicKey(row, secretSeal))
        .put("ordering", row.getString("ordering"))
        .put("order_by", row.getString("order_by"))
        .put("rate_limit", row.getInteger("rate_limit"))
        .put("auto_disable", row.getBoolean("auto_disable"))
        .put("disabled_reason", row.getString("disabled_reason"))
        .put("disabled_at", time(row, "disabled_at"))
        .put("created_at", time(row, "created_at"))
        .put("updated_at", time(row, "updated_at"));
  }

  /** What can't be parsed is shown as nothing. */
  private static @Nullable Object json(Row row, String column) {
    try {
      return WebhookRow.json(row, column);
    } catch (DecodeException unreadable) {
      return null;
    }
  }

  private static @Nullable String time(Row row, String column) {
    return WebhookRow.text(row.getOffsetDateTime(column));
  }

  private static JsonObject headers(Row row) {
    return json(row, "headers") instanceof JsonObject headers ? headers : new JsonObject();
  }

  private static JsonObject hidden(JsonObject headers) {
    Map<String, Object> hidden = new LinkedHashMap<>();
    headers.fieldNames().forEach(name -> hidden.put(name, WebhookDraftReader.HIDDEN));
    return new JsonObject(hidden);
  }

  /** An empty one, as plain SQL can leave it, signs nothing. */
  private static boolean hasSecret(Row row) {
    String secret = row.getString("secret");
    return secret != null && !secret.isEmpty();
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
