package dev.switchboard.webhooks.registry;

import dev.switchboard.config.Secret;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.Database;
import dev.switchboard.postgres.NamedStatement;
import dev.switchboard.sealing.SecretSeal;
import dev.switchboard.webhooks.format.BodySettings;
import dev.switchboard.webhooks.format.BodyTemplate;
import dev.switchboard.webhooks.format.WebhookFormat;
import dev.switchboard.webhooks.registry.InvalidWebhookException.Fault;
import dev.switchboard.webhooks.signing.Ed25519;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table {@code webhooks} for administration. Usable from every event loop. */
public final class WebhookStore {
  /** Plain SQL can store a tenant whose name is invalid; no caller may act for such a tenant. */
  private static final String SELECT =
      "SELECT "
          + WebhookRow.COLUMNS
          + "FROM webhooks WHERE tenant_id ~ '^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$'";

  private static final String FIND = SELECT + " AND id = $1";

  /** A page ends early behind {@value #MAX_PAGE_BYTES} bytes, so that no answer is much longer. */
  private static final String LIST =
      "SELECT "
          + WebhookRow.COLUMNS
          + """
          , more FROM webhooks JOIN (
            SELECT id AS listed, lead(id) OVER (ORDER BY id) IS NOT NULL AS more,
                   sum(settings_bytes) OVER (ORDER BY id) - settings_bytes AS bytes_before
            FROM webhooks
            WHERE tenant_id ~ '^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$'
              AND ($1::text IS NULL OR tenant_id = $1) AND id > $2
            ORDER BY id LIMIT $3) AS page ON listed = id
          WHERE bytes_before < $4::bigint ORDER BY id\
          """;

  private static final long MAX_PAGE_BYTES = 1 << 20;

  private static final String USED =
      """
      SELECT count(*) AS webhooks, coalesce(sum(settings_bytes), 0)::bigint AS bytes
      FROM webhooks WHERE tenant_id = $1\
      """;

  private static final String UNCHANGED =
      """
      SELECT (SELECT sum(settings_bytes)::bigint FROM webhooks WHERE tenant_id = $3) AS bytes
      FROM webhooks WHERE id = $1 AND version = $2\
      """;

  /** The {@code settings_bytes} of the row that a statement writes. */
  private static final String NEW_BYTES =
      """
      (octet_length(:events::jsonb::text) + octet_length(:headers::jsonb::text)
        + coalesce(octet_length(:retry_schedule::jsonb::text), 0)
        + coalesce(octet_length(:filter::jsonb::text), 0) + coalesce(octet_length(:template::text), 0)
        + coalesce(octet_length(:client_certificate::text), 0)
        + coalesce(octet_length(:client_key::text), 0))
      """;

  private static final NamedStatement INSERT =
      NamedStatement.of(
          """
          INSERT INTO webhooks (tenant_id, name, url, events, secret, is_active, retry_count, timeout,
            retry_schedule, jitter_percent, retry_client_errors, headers, filter, ordering, order_by,
            rate_limit, auto_disable, ed25519_key, format, template, content_type,
            client_certificate, client_key)
          SELECT :tenant_id, :name, :url, :events, :secret, :is_active, :retry_count, :timeout,
            :retry_schedule, :jitter_percent, :retry_client_errors, :headers, :filter, :ordering,
            :order_by, :rate_limit, :auto_disable, :ed25519_key, :format, :template, :content_type,
            :client_certificate, :client_key
          WHERE (SELECT count(*) FROM webhooks WHERE tenant_id = :tenant_id) < :max_webhooks
            AND (SELECT coalesce(sum(settings_bytes), 0) FROM webhooks WHERE tenant_id = :tenant_id)
              + \
          """
              + NEW_BYTES
              + "<= :max_bytes::bigint RETURNING "
              + WebhookRow.COLUMNS);

  private static final NamedStatement REPLACE =
      NamedStatement.of(
          """
          UPDATE webhooks
          SET name = :name, url = :url, events = :events,
              secret = CASE WHEN :keep_secret THEN secret ELSE :secret END,
              previous_secret = CASE WHEN :keep_secret THEN previous_secret END,
              previous_secret_until = CASE WHEN :keep_secret THEN previous_secret_until END,
              is_active = :is_active, retry_count = :retry_count, timeout = :timeout,
              retry_schedule = :retry_schedule, jitter_percent = :jitter_percent,
              retry_client_errors = :retry_client_errors, headers = :headers, filter = :filter,
              ordering = :ordering, order_by = :order_by, rate_limit = :rate_limit,
              auto_disable = :auto_disable, format = :format, template = :template,
              content_type = :content_type,
              client_certificate = CASE WHEN :keep_certificate THEN client_certificate
                                   ELSE :client_certificate END,
              client_key = CASE WHEN :keep_certificate THEN client_key ELSE :client_key END,
              ed25519_key = CASE WHEN :ed25519_key::text IS NOT NULL
                            THEN coalesce(ed25519_key, :ed25519_key) END
          WHERE id = :id AND version = :version
            AND greatest(0, \
          """
              + NEW_BYTES
              + """
              + CASE WHEN :keep_certificate THEN coalesce(octet_length(client_certificate), 0)
                  + coalesce(octet_length(client_key), 0) ELSE 0 END
              - settings_bytes) <= greatest(0, :max_bytes::bigint - (
                SELECT sum(o.settings_bytes) FROM webhooks o
                WHERE o.tenant_id = webhooks.tenant_id))
              RETURNING
              """
              + WebhookRow.COLUMNS);

  private static final NamedStatement ROTATE =
      NamedStatement.of(
          """
          UPDATE webhooks
          SET previous_secret = secret, secret = :secret,
              previous_secret_until = CASE WHEN secret <> '' THEN
                clock_timestamp() + :overlap_ms * interval '1 ms' END
          WHERE id = :id AND version = :version
          RETURNING
          """
              + WebhookRow.COLUMNS);

  private static final String DELETE =
      "DELETE FROM webhooks WHERE id = $1 AND ($2::bigint IS NULL OR version = $2) RETURNING id";

  private final Database database;
  private final SecretSeal secretSeal;
  private final int maxPerTenant;

  /** Over the node's pool; {@code secretSeal} encrypts secrets. */
  public WebhookStore(Database database, SecretSeal secretSeal, int maxPerTenant) {
    this.database = database;
    this.secretSeal = secretSeal;
    this.maxPerTenant = maxPerTenant;
  }

  /**
   * Reads the webhook {@code id}; the future fails with {@link WebhookRefusedException} if there is
   * none.
   */
  public Future<SavedWebhook> find(long id) {
    return database
        .query(FIND, Tuple.of(id))
        .map(rows -> first(rows).orElseThrow(WebhookRefusedException::noSuchWebhook));
  }

  /**
   * Reads at most {@code max} webhooks behind the one with the id {@code after}, in the order of
   * their ids; fewer if they have many bytes.
   *
   * @param tenant null: of all tenants
   */
  public Future<WebhookPage> list(@Nullable TenantId tenant, long after, int max) {
    return database
        .query(LIST, Tuple.of(tenant == null ? null : tenant.value(), after, max, MAX_PAGE_BYTES))
        .map(this::page);
  }

  private WebhookPage page(RowSet<Row> rows) {
    List<SavedWebhook> webhooks = new ArrayList<>(rows.size());
    boolean more = false;
    for (Row row : rows) {
      webhooks.add(SavedWebhookRow.parse(row, secretSeal));
      more = row.getBoolean("more");
    }
    return new WebhookPage(webhooks, more);
  }

  /**
   * Saves a new webhook. The future fails with {@link WebhookRefusedException} if the tenant has
   * the maximum number, and with {@link InvalidWebhookException} if its webhooks have too many
   * bytes.
   */
  public Future<SavedWebhook> insert(TenantId tenant, WebhookDraft draft) {
    Map<String, @Nullable Object> values = settings(draft, tenant.value(), new JsonObject());
    values.put("tenant_id", tenant.value());
    values.put("max_webhooks", maxPerTenant);
    values.put("max_bytes", WebhookRow.MAX_BYTES_PER_TENANT);
    return database
        .insert("webhooks", INSERT.sql(), INSERT.bind(values))
        .map(this::first)
        .compose(saved -> saved.map(Future::succeededFuture).orElseGet(() -> noRoom(tenant)));
  }

  private Future<SavedWebhook> noRoom(TenantId tenant) {
    return database
        .query(USED, Tuple.of(tenant.value()))
        .compose(
            rows ->
                Future.failedFuture(
                    rows.iterator().next().getLong("webhooks") >= maxPerTenant
                        ? tooMany()
                        : tooLarge(rows)));
  }

  private static WebhookRefusedException tooMany() {
    return new WebhookRefusedException(
        WebhookRefusedException.Reason.TOO_MANY,
        "the tenant has the maximum number of webhooks; delete one");
  }

  private static InvalidWebhookException tooLarge(RowSet<Row> used) {
    return new InvalidWebhookException(
        List.of(
            new Fault(
                "/filter",
                "the tenant's webhooks already have "
                    + used.iterator().next().getLong("bytes")
                    + " bytes of events, filters, templates, headers and certificates, and with"
                    + " these more than the "
                    + WebhookRow.MAX_BYTES_PER_TENANT
                    + " that a tenant may have; shorten them, or delete a webhook")));
  }

  /**
   * Replaces the settings of a webhook; empty if it changed since {@code before} was read. The
   * future fails with {@link InvalidWebhookException} if the tenant's webhooks get too many bytes.
   */
  public Future<Optional<SavedWebhook>> replace(SavedWebhook before, WebhookDraft draft) {
    Map<String, @Nullable Object> values =
        settings(draft, before.tenant().value(), before.storedHeaders());
    values.put("id", before.id());
    values.put("version", before.version());
    values.put("keep_secret", draft.secret() == null);
    values.put("keep_certificate", draft.clientCertificate() instanceof WebhookDraft.Kept);
    values.put("max_bytes", WebhookRow.MAX_BYTES_PER_TENANT);
    return update(REPLACE, values)
        .compose(saved -> saved.isEmpty() ? notReplaced(before) : Future.succeededFuture(saved));
  }

  private Future<Optional<SavedWebhook>> notReplaced(SavedWebhook before) {
    return database
        .query(UNCHANGED, Tuple.of(before.id(), before.version(), before.tenant().value()))
        .compose(
            rows ->
                rows.size() == 0
                    ? Future.succeededFuture(Optional.empty())
                    : Future.failedFuture(tooLarge(rows)));
  }

  private Future<Optional<SavedWebhook>> update(
      NamedStatement statement, Map<String, @Nullable Object> values) {
    return database.query(statement.sql(), statement.bind(values)).map(this::first);
  }

  /** Every column that a draft gives a value. */
  private Map<String, @Nullable Object> settings(
      WebhookDraft draft, String owner, JsonObject storedHeaders) {
    Map<String, @Nullable Object> values = new HashMap<>();
    values.put("name", draft.name());
    values.put("url", draft.url());
    values.put("events", new JsonArray(draft.events().stream().map(EventPattern::value).toList()));
    values.put("secret", draft.secret() == null ? null : sealed(draft.secret(), owner));
    values.put("is_active", draft.active());
    values.put("timeout", (int) draft.timeout().toSeconds());
    values.put("headers", headers(draft, storedHeaders, owner));
    values.put("filter", draft.filter() == null ? null : draft.filter().source());
    values.put("ordering", draft.ordering().strict() ? "strict" : "none");
    values.put("order_by", draft.ordering().key().text());
    values.put("rate_limit", draft.rateLimit());
    values.put("auto_disable", draft.autoDisable());
    values.put("ed25519_key", draft.ed25519() ? sealed(Ed25519.generate(), owner) : null);
    putRetries(values, draft.retries());
    putBody(values, draft.body());
    putCertificate(values, draft.clientCertificate(), owner);
    return values;
  }

  private void putCertificate(
      Map<String, @Nullable Object> values, WebhookDraft.Presented presented, String owner) {
    values.put("client_certificate", null);
    values.put("client_key", null);
    if (presented instanceof WebhookDraft.Given fresh) {
      values.put("client_certificate", secretSeal.seal(new Secret(fresh.chain()), owner));
      values.put("client_key", secretSeal.seal(fresh.key(), owner));
    }
  }

  private static void putRetries(
      Map<String, @Nullable Object> values, WebhookDraft.Retries retries) {
    List<Duration> schedule = retries.schedule();
    values.put("retry_count", retries.count());
    values.put(
        "retry_schedule",
        schedule.isEmpty()
            ? null
            : new JsonArray(schedule.stream().map(WebhookStore::seconds).toList()));
    values.put("jitter_percent", retries.jitterPercent());
    values.put("retry_client_errors", retries.afterClientErrors());
  }

  private static void putBody(Map<String, @Nullable Object> values, BodySettings body) {
    WebhookFormat format = body.configured();
    BodyTemplate template = body.template();
    values.put("format", format == null ? null : format.wireName());
    values.put("template", template == null ? null : template.source());
    values.put("content_type", template == null ? null : template.contentType());
  }

  private static BigDecimal seconds(Duration wait) {
    BigDecimal seconds = BigDecimal.valueOf(wait.toNanos(), 9).stripTrailingZeros();
    return seconds.scale() < 0 ? seconds.setScale(0) : seconds;
  }

  private JsonObject headers(WebhookDraft draft, JsonObject stored, String owner) {
    JsonObject headers = new JsonObject();
    draft
        .headers()
        .forEach(
            (name, value) -> {
              String kept = value == null ? stored.getString(name) : sealed(value, owner);
              if (kept != null) {
                headers.put(name, kept);
              }
            });
    return headers;
  }

  private @Nullable String sealed(Secret secret, String owner) {
    return secret.isSet() ? secretSeal.seal(secret, owner) : null;
  }

  /**
   * Replaces the secret; the old one stays valid for the time of {@code overlap}. Empty if the
   * webhook changed since {@code before} was read.
   */
  public Future<Optional<SavedWebhook>> rotate(
      SavedWebhook before, Secret fresh, Duration overlap) {
    return update(
        ROTATE,
        Map.of(
            "id", before.id(),
            "version", before.version(),
            "secret", secretSeal.seal(fresh, before.tenant().value()),
            "overlap_ms", overlap.toMillis()));
  }

  /**
   * Deletes the webhook {@code id}; false if there is none, or not of that version.
   *
   * @param version null: any
   */
  public Future<Boolean> delete(long id, @Nullable Long version) {
    return database.query(DELETE, Tuple.of(id, version)).map(rows -> rows.size() == 1);
  }

  private Optional<SavedWebhook> first(RowSet<Row> rows) {
    return rows.size() == 0
        ? Optional.empty()
        : Optional.of(SavedWebhookRow.parse(rows.iterator().next(), secretSeal));
  }
}
