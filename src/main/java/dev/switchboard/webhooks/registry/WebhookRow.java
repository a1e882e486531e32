package dev.switchboard.webhooks.registry;

import static java.util.Objects.requireNonNull;

import dev.switchboard.config.Secret;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.TenantId;
import dev.switchboard.sealing.SecretSeal;
import dev.switchboard.webhooks.registry.WebhookOptions.Previous;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a row of {@code webhooks}, written by the API or by plain SQL. */
final class WebhookRow {
  /**
   * Every column. JSON comes as text: the driver would parse it while it reads the answer, and one
   * value that it can't parse, such as a number of a thousand digits, would spoil every row.
   */
  static final String COLUMNS =
      """
      id, tenant_id, name, url, events::text AS events, secret, is_active, retry_count, timeout,
      previous_secret, previous_secret_until, ed25519_key, retry_schedule::text AS retry_schedule,
      jitter_percent, retry_client_errors, headers::text AS headers, filter::text AS filter, ordering,
      order_by, rate_limit, auto_disable, disabled_reason, disabled_at, version, created_at, updated_at
      """;

  private static final BigDecimal MAX_WAIT_MILLIS =
      BigDecimal.valueOf(1_000L * WebhookDraftReader.MAX_WAIT_SECONDS);

  private WebhookRow() {}

  /**
   * The webhook of a row that has {@link #COLUMNS}.
   *
   * @throws RuntimeException of any kind if a value has the wrong form
   */
  static Webhook parse(Row row, SecretSeal secretSeal) {
    String tenant = row.getString("tenant_id");
    return new Webhook(
        row.getLong("id"),
        new TenantId(tenant),
        row.getString("url"),
        patterns((JsonArray) requireNonNull(json(row, "events"))),
        secretSeal.open(row.getString("secret"), tenant),
        row.getBoolean("is_active"),
        row.getInteger("retry_count"),
        Duration.ofSeconds(row.getInteger("timeout")),
        options(row, secretSeal, tenant));
  }

  /** The JSON value of {@code column}; null if the column is null. */
  static @Nullable Object json(Row row, String column) {
    String text = row.getString(column);
    return text == null ? null : Json.decodeValue(text);
  }

  private static List<EventPattern> patterns(JsonArray events) {
    return events.stream().map(pattern -> new EventPattern((String) pattern)).toList();
  }

  private static WebhookOptions options(Row row, SecretSeal secretSeal, String tenant) {
    JsonObject filter = (JsonObject) json(row, "filter");
    Integer rateLimit = row.getInteger("rate_limit");
    return new WebhookOptions(
        schedule((JsonArray) json(row, "retry_schedule")),
        row.getInteger("jitter_percent"),
        row.getBoolean("retry_client_errors"),
        headers((JsonObject) requireNonNull(json(row, "headers")), secretSeal, tenant),
        filter == null ? null : PayloadFilter.parse(filter),
        previous(row, secretSeal, tenant),
        secretSeal.open(row.getString("ed25519_key"), tenant),
        row.getString("ordering").equals("strict") ? new OrderKey(row.getString("order_by")) : null,
        rateLimit == null ? 0 : rateLimit,
        row.getBoolean("auto_disable"));
  }

  private static List<Duration> schedule(@Nullable JsonArray seconds) {
    return seconds == null ? List.of() : seconds.stream().map(WebhookRow::seconds).toList();
  }

  private static Duration seconds(Object number) {
    BigDecimal millis = new BigDecimal(((Number) number).toString()).movePointRight(3);
    return Duration.ofMillis(millis.max(BigDecimal.ZERO).min(MAX_WAIT_MILLIS).longValue());
  }

  /** Reserved names that came by plain SQL are left out. */
  private static Map<String, Secret> headers(
      JsonObject headers, SecretSeal secretSeal, String tenant) {
    Map<String, Secret> allowed = new LinkedHashMap<>();
    for (Map.Entry<String, Object> header : headers) {
      Secret value = secretSeal.open((String) header.getValue(), tenant);
      if (HeaderRule.allowsName(header.getKey()) && HeaderRule.allowsValue(value.reveal())) {
        allowed.put(header.getKey(), value);
      }
    }
    return allowed;
  }

  private static Previous previous(Row row, SecretSeal secretSeal, String tenant) {
    OffsetDateTime until = row.getOffsetDateTime("previous_secret_until");
    return until == null
        ? Previous.NONE
        : new Previous(
            secretSeal.open(row.getString("previous_secret"), tenant), until.toInstant());
  }
}
