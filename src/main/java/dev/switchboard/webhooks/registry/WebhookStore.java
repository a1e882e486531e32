package dev.switchboard.webhooks.registry;

import dev.switchboard.config.Secret;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.Database;
import dev.switchboard.sealing.SecretSeal;
import dev.switchboard.webhooks.signing.Ed25519;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The table {@code webhooks} for who administers it. Usable from every event loop. */
public final class WebhookStore {
  /** A row of a tenant that can't be one came by plain SQL; nobody may act for it. */
  private static final String SELECT =
      "SELECT "
          + WebhookRow.COLUMNS
          + "FROM webhooks WHERE tenant_id ~ '^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$'";

  private static final String FIND = SELECT + " AND id = $1";

  private static final String LIST =
      SELECT + " AND ($1::text IS NULL OR tenant_id = $1) AND id > $2 ORDER BY id LIMIT $3";

  private static final String INSERT =
      """
      INSERT INTO webhooks (tenant_id, name, url, events, secret, is_active, retry_count, timeout,
        retry_schedule, jitter_percent, retry_client_errors, headers, filter, ordering, order_by,
        rate_limit, auto_disable, ed25519_key)
      SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18
      WHERE (SELECT count(*) FROM webhooks WHERE tenant_id = $1) < $19
      RETURNING
      """
          + WebhookRow.COLUMNS;

  private static final String REPLACE =
      """
      UPDATE webhooks
      SET name = $3, url = $4, events = $5, secret = CASE WHEN $6 THEN secret ELSE $7 END,
          previous_secret = CASE WHEN $6 THEN previous_secret END,
          previous_secret_until = CASE WHEN $6 THEN previous_secret_until END,
          is_active = $8, retry_count = $9, timeout = $10, retry_schedule = $11,
          jitter_percent = $12, retry_client_errors = $13, headers = $14, filter = $15,
          ordering = $16, order_by = $17, rate_limit = $18, auto_disable = $19,
          ed25519_key = CASE WHEN $20::text IS NOT NULL THEN coalesce(ed25519_key, $20) END
      WHERE id = $1 AND version = $2
      RETURNING
      """
          + WebhookRow.COLUMNS;

  private static final String ROTATE =
      """
      UPDATE webhooks
      SET previous_secret = secret, previous_secret_until = clock_timestamp() + $4 * interval '1 ms',
          secret = $3
      WHERE id = $1 AND version = $2
      RETURNING
      """
          + WebhookRow.COLUMNS;

  private static final String DELETE =
      "DELETE FROM webhooks WHERE id = $1 AND ($2::bigint IS NULL OR version = $2) RETURNING id";

  private final Database database;
  private final SecretSeal secretSeal;
  private final int maxPerTenant;

  /** Over the node's pool; secrets are sealed with the vault. */
  public WebhookStore(Database database, SecretSeal secretSeal, int maxPerTenant) {
    this.database = database;
    this.secretSeal = secretSeal;
    this.maxPerTenant = maxPerTenant;
  }

  /** The webhook of that number. */
  public Future<Optional<SavedWebhook>> find(long id) {
    return database.query(FIND, Tuple.of(id)).map(this::first);
  }

  /** Webhooks in the order of their numbers, of one tenant or, for null, of all. */
  public Future<List<SavedWebhook>> list(@Nullable TenantId tenant, long after, int most) {
    return database
        .query(LIST, Tuple.of(tenant == null ? null : tenant.value(), after, most))
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false)
                    .map(row -> SavedWebhookRow.parse(row, secretSeal))
                    .toList());
  }

  /** Saves a new one; empty if the tenant has as many as it may. */
  public Future<Optional<SavedWebhook>> insert(TenantId tenant, WebhookDraft draft) {
    String owner = tenant.value();
    Secret secret = draft.secret() == null ? Secret.NONE : draft.secret();
    Tuple row =
        Tuple.of(owner, draft.name(), draft.url(), draft.events(), sealed(secret, owner))
            .addBoolean(draft.active())
            .addInteger(draft.retryCount())
            .addInteger(draft.timeout());
    addOptions(row, draft, headers(draft, new JsonObject(), owner));
    return database
        .query(INSERT, row.addString(newKey(draft, owner)).addInteger(maxPerTenant))
        .map(this::first);
  }

  /** Replaces one that still is as it was read; empty if it is not. */
  public Future<Optional<SavedWebhook>> replace(SavedWebhook before, WebhookDraft draft) {
    String owner = before.tenant().value();
    Secret secret = draft.secret();
    Tuple row =
        Tuple.of(before.id(), before.version(), draft.name(), draft.url(), draft.events())
            .addBoolean(secret == null)
            .addString(secret == null ? null : sealed(secret, owner))
            .addBoolean(draft.active())
            .addInteger(draft.retryCount())
            .addInteger(draft.timeout());
    addOptions(row, draft, headers(draft, before.storedHeaders(), owner));
    return database.query(REPLACE, row.addString(newKey(draft, owner))).map(this::first);
  }

  private static void addOptions(Tuple row, WebhookDraft draft, JsonObject headers) {
    Tuple unused =
        row.addValue(draft.schedule())
            .addInteger(draft.jitterPercent())
            .addBoolean(draft.retryClientErrors())
            .addJsonObject(headers)
            .addValue(draft.filter())
            .addString(draft.ordering())
            .addString(draft.orderBy())
            .addInteger(draft.rateLimit())
            .addBoolean(draft.autoDisable());
  }

  private JsonObject headers(WebhookDraft draft, JsonObject stored, String owner) {
    JsonObject headers = new JsonObject();
    draft
        .headers()
        .forEach(
            (name, value) -> {
              String kept =
                  value == null ? stored.getString(name) : sealed(new Secret(value), owner);
              if (kept != null) {
                headers.put(name, kept);
              }
            });
    return headers;
  }

  private @Nullable String newKey(WebhookDraft draft, String owner) {
    return draft.ed25519() ? sealed(Ed25519.generate(), owner) : null;
  }

  private @Nullable String sealed(Secret secret, String owner) {
    return secret.isSet() ? secretSeal.seal(secret, owner) : null;
  }

  /** Gives it a new secret; the old one stays valid for a while. Empty if it changed meanwhile. */
  public Future<Optional<SavedWebhook>> rotate(
      SavedWebhook before, Secret fresh, Duration overlap) {
    return database
        .query(
            ROTATE,
            Tuple.of(
                before.id(),
                before.version(),
                secretSeal.seal(fresh, before.tenant().value()),
                overlap.toMillis()))
        .map(this::first);
  }

  /** Deletes it, if a version is given only that one; false if there is none such. */
  public Future<Boolean> delete(long id, @Nullable Long version) {
    return database.query(DELETE, Tuple.of(id, version)).map(rows -> rows.size() == 1);
  }

  private Optional<SavedWebhook> first(RowSet<Row> rows) {
    return rows.size() == 0
        ? Optional.empty()
        : Optional.of(SavedWebhookRow.parse(rows.iterator().next(), secretSeal));
  }
}
