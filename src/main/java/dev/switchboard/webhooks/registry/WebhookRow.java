package dev.switchboard.webhooks.registry;

import static java.util.Objects.requireNonNull;

import dev.switchboard.config.Secret;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.Reason;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.ChangedRows;
import dev.switchboard.sealing.SecretSeal;
import dev.switchboard.webhooks.filter.PayloadFilter;
import dev.switchboard.webhooks.format.BodySettings;
import dev.switchboard.webhooks.format.BodyTemplate;
import dev.switchboard.webhooks.format.WebhookFormat;
import dev.switchboard.webhooks.registry.WebhookOptions.Previous;
import dev.switchboard.webhooks.signing.Ed25519;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads one row of {@code webhooks}, written by the API or by plain SQL. */
final class WebhookRow {
  /**
   * Maximum sum of {@code settings_bytes} of a tenant's webhooks. What is beyond it, counted in the
   * order of ids, is not read: a change of a row costs every node the time to read and compile it.
   */
  static final long MAX_BYTES_PER_TENANT = 8 << 20;

  /**
   * Every column. JSON comes as text: the driver would parse it while it reads the answer, and one
   * value that it can't parse, such as a number of a thousand digits, would spoil every row. It is
   * cut at a length that the API does not reach, so that no row takes much memory; what is cut
   * can't be parsed.
   */
  private static final String ALL =
      """
      id, tenant_id, name, url, left(events::text, 1000000) AS events, secret, is_active, retry_count, timeout,
      previous_secret, previous_secret_until, ed25519_key,
      CASE WHEN :all THEN left(retry_schedule::text, 100000) END AS retry_schedule, jitter_percent,
      retry_client_errors, CASE WHEN :all THEN left(headers::text, 1000000) ELSE '{}' END AS headers,
      CASE WHEN :all THEN left(filter::text, 100000) END AS filter, ordering, order_by, rate_limit,
      auto_disable, format, CASE WHEN :all THEN left(template, 40000) END AS template, content_type,
      CASE WHEN :all THEN left(client_certificate, 100000) END AS client_certificate,
      CASE WHEN :all THEN left(client_key, 100000) END AS client_key,
      disabled_reason, disabled_at, version, created_at, updated_at,
      """;

  /** As of the statement's start but for the row itself, which the statement may have written. */
  private static final String BEYOND_LIMIT =
      "(coalesce((SELECT sum(b.settings_bytes) FROM webhooks b"
          + " WHERE b.tenant_id = webhooks.tenant_id AND b.id < webhooks.id), 0)"
          + " + webhooks.settings_bytes > "
          + MAX_BYTES_PER_TENANT
          + ")";

  /** Every column of the table {@code webhooks}. */
  static final String COLUMNS = ALL.replace(":all", "true") + BEYOND_LIMIT + " AS beyond_limit\n";

  /** Rows as the delivery engine reads them: without what is beyond the limit. */
  static final ChangedRows.Statements CHANGED =
      new ChangedRows.Statements(
          """
          SELECT id, row_version, bytes FROM (
            SELECT id, changed_by || beyond_limit AS row_version,
                   CASE WHEN beyond_limit THEN 0 ELSE least(settings_bytes, 1000000) END AS bytes
            FROM (SELECT id, xmin::text AS changed_by, settings_bytes,
                         sum(settings_bytes) OVER (PARTITION BY tenant_id ORDER BY id)
                           > %d AS beyond_limit
                  FROM webhooks) AS sums) AS versions
          WHERE id > $1 ORDER BY id LIMIT $2\
          """
              .formatted(MAX_BYTES_PER_TENANT),
          "SELECT "
              + ALL.replace(":all", "NOT beyond_limit")
              + "beyond_limit, webhooks.xmin::text || beyond_limit AS row_version FROM webhooks"
              + " CROSS JOIN LATERAL (SELECT "
              + BEYOND_LIMIT
              + " AS beyond_limit) AS sums WHERE id = ANY($1)");

  private static final BigDecimal MAX_WAIT_MILLIS =
      BigDecimal.valueOf(1_000L * WebhookDraftReader.MAX_WAIT_SECONDS);

  /** Why a row is not used. */
  static final String BEYOND =
      "the webhooks of the tenant up to this one, in the order of their ids, have more than "
          + MAX_BYTES_PER_TENANT
          + " bytes of events, filters, templates, headers and certificates together; shorten"
          + " them, or delete webhooks";

  private static final int MAX_PATTERN_LENGTH = 200;
  private static final int MAX_REASON_LENGTH = 300;

  private final Row row;
  private final SecretSeal secretSeal;
  private final String tenant;
  private final boolean beyondLimit;
  private final List<String> malformedPatterns = new ArrayList<>();
  private final List<String> malformed = new ArrayList<>();
  private @Nullable String sealed;
  private boolean filterUnreadable;

  private WebhookRow(Row row, SecretSeal secretSeal) {
    this.row = row;
    this.secretSeal = secretSeal;
    this.tenant = row.getString("tenant_id");
    this.beyondLimit = row.getBoolean("beyond_limit");
  }

  /**
   * The webhook of a row that has {@link #COLUMNS}. Values that can't be read have their default,
   * and are named among its faults.
   *
   * @throws RuntimeException if the row can't belong to any tenant
   */
  static Webhook parse(Row row, SecretSeal secretSeal) {
    return new WebhookRow(row, secretSeal).webhook();
  }

  private Webhook webhook() {
    TenantId owner = new TenantId(tenant);
    if (beyondLimit) {
      malformed.add("filter: " + BEYOND);
      filterUnreadable = true;
    }
    List<EventPattern> patterns = patterns();
    Secret secret = needed("secret", () -> open("secret"), Secret.NONE);
    WebhookOptions options = options();
    return new Webhook(
        row.getLong("id"),
        owner,
        row.getString("url"),
        patterns,
        secret,
        row.getBoolean("is_active"),
        row.getInteger("retry_count"),
        Duration.ofSeconds(row.getInteger("timeout")),
        options,
        new RowFaults(state(), malformedPatterns, filterUnreadable));
  }

  private RowFaults.State state() {
    if (sealed != null) {
      return new RowFaults.Sealed(sealed);
    }
    return malformed.isEmpty()
        ? new RowFaults.Usable()
        : new RowFaults.Malformed(shown(String.join("; ", malformed)));
  }

  /** Reads a value without which no call can be made; remembers why if it can't be read. */
  private <T> T needed(String column, Supplier<T> value, T missing) {
    try {
      return value.get();
    } catch (SecretSeal.SealedException unknownKey) {
      sealed = column + ": " + Reason.of(unknownKey);
    } catch (RuntimeException fault) {
      malformed.add(column + ": " + reason(fault));
    }
    return missing;
  }

  /** Says what is wrong with a value of a row, and what the row's owner can do. */
  static String reason(RuntimeException fault) {
    if (fault instanceof DecodeException) {
      return "is too large, or can't be read as JSON";
    }
    if (fault instanceof ClassCastException || fault instanceof NullPointerException) {
      return "has the wrong type, or a value in it has";
    }
    return Reason.of(fault);
  }

  private static String shown(String reason) {
    return ControlCharacters.escaped(
        reason.length() <= MAX_REASON_LENGTH
            ? reason
            : reason.substring(0, MAX_REASON_LENGTH) + "…");
  }

  private Secret ed25519Key() {
    Secret key = open("ed25519_key");
    if (key.isSet()) {
      String unused = Ed25519.publicOf(key);
    }
    return key;
  }

  private Secret open(String column) {
    return secretSeal.open(row.getString(column), tenant);
  }

  /** The JSON value of {@code column}; null if the column is null. */
  static @Nullable Object json(Row row, String column) {
    String text = row.getString(column);
    return text == null ? null : Json.decodeValue(text);
  }

  private List<EventPattern> patterns() {
    List<EventPattern> patterns = new ArrayList<>();
    try {
      for (Object event : (JsonArray) requireNonNull(json(row, "events"))) {
        if (event instanceof String text) {
          addPattern(patterns, text);
        }
      }
    } catch (DecodeException unreadable) {
      malformedPatterns.add(EventPattern.ALL.value());
    }
    return patterns;
  }

  private void addPattern(List<EventPattern> patterns, String text) {
    try {
      patterns.add(new EventPattern(text));
    } catch (InvalidNameException malformedPattern) {
      if (text.length() <= MAX_PATTERN_LENGTH) {
        malformedPatterns.add(text);
      }
    }
  }

  private WebhookOptions options() {
    Integer rateLimit = row.getInteger("rate_limit");
    return new WebhookOptions(
        readable(() -> schedule(row), List.of()),
        row.getInteger("jitter_percent"),
        row.getBoolean("retry_client_errors"),
        needed("headers", () -> headers(row, secretSeal, tenant), Map.of()),
        readableFilter(),
        needed("previous_secret", () -> previous(row, secretSeal, tenant), Previous.NONE),
        needed("ed25519_key", this::ed25519Key, Secret.NONE),
        readable(() -> orderBy(row), OrderKey.WEBHOOK),
        rateLimit == null ? 0 : rateLimit,
        row.getBoolean("auto_disable"),
        beyondLimit
            ? BodySettings.STANDARD
            : needed("template", () -> body(row), BodySettings.STANDARD),
        needed(
                "client_certificate",
                () -> Optional.ofNullable(clientCertificate(row, secretSeal, tenant)),
                Optional.<ClientCertificate>empty())
            .orElse(null));
  }

  private @Nullable PayloadFilter readableFilter() {
    int faultsBefore = malformed.size();
    Optional<PayloadFilter> filter =
        needed("filter", () -> Optional.ofNullable(filter(row)), Optional.empty());
    filterUnreadable |= malformed.size() > faultsBefore;
    return filter.orElse(null);
  }

  /** Reads a value that a call can do without. */
  private static <T extends @Nullable Object> T readable(Supplier<T> value, T missing) {
    try {
      return value.get();
    } catch (RuntimeException fault) {
      return missing;
    }
  }

  static BodySettings body(Row row) {
    String format = row.getString("format");
    String template = row.getString("template");
    String contentType = row.getString("content_type");
    return BodySettings.of(
        format == null ? null : WebhookFormat.named(format).orElseThrow(),
        template == null
            ? null
            : BodyTemplate.parse(
                template, contentType == null ? BodyTemplate.DEFAULT_TYPE : contentType),
        row.getString("url"));
  }

  static @Nullable PayloadFilter filter(Row row) {
    JsonObject filter = (JsonObject) json(row, "filter");
    return filter == null ? null : PayloadFilter.parse(filter);
  }

  static @Nullable OrderKey orderBy(Row row) {
    return row.getString("ordering").equals("strict")
        ? new OrderKey(row.getString("order_by"))
        : null;
  }

  static List<Duration> schedule(Row row) {
    JsonArray seconds = (JsonArray) json(row, "retry_schedule");
    return seconds == null ? List.of() : seconds.stream().map(WebhookRow::seconds).toList();
  }

  private static Duration seconds(Object number) {
    BigDecimal millis = new BigDecimal(((Number) number).toString()).movePointRight(3);
    return Duration.ofMillis(millis.max(BigDecimal.ZERO).min(MAX_WAIT_MILLIS).longValue());
  }

  static @Nullable ClientCertificate clientCertificate(
      Row row, SecretSeal secretSeal, String tenant) {
    String chain = row.getString("client_certificate");
    return chain == null
        ? null
        : ClientCertificate.parse(
            secretSeal.open(chain, tenant).reveal(),
            secretSeal.open(row.getString("client_key"), tenant));
  }

  /** Reserved names that came by plain SQL are left out. */
  static Map<String, Secret> headers(Row row, SecretSeal secretSeal, String tenant) {
    JsonObject headers = (JsonObject) requireNonNull(json(row, "headers"));
    Map<String, Secret> allowed = new LinkedHashMap<>();
    for (Map.Entry<String, Object> header : headers) {
      Secret value = secretSeal.open((String) header.getValue(), tenant);
      if (HeaderRule.allowsName(header.getKey()) && HeaderRule.allowsValue(value.reveal())) {
        allowed.put(header.getKey(), value);
      }
    }
    return allowed;
  }

  /** One that is no longer valid is left out, because its key may be gone. */
  static Previous previous(Row row, SecretSeal secretSeal, String tenant) {
    OffsetDateTime until = row.getOffsetDateTime("previous_secret_until");
    return until == null || until.toInstant().isBefore(Instant.now())
        ? Previous.NONE
        : new Previous(
            secretSeal.open(row.getString("previous_secret"), tenant), until.toInstant());
  }
}
