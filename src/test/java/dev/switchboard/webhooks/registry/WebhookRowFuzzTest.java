package dev.switchboard.webhooks.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.EncryptionConfig;
import dev.switchboard.config.Secret;
import dev.switchboard.fuzz.AnsweredRow;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.sealing.SecretSeal;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows of {@code webhooks} as plain SQL can write them, one text column in each part of an input. A
 * row is always read; calls can be made of it exactly if nothing is said to be wrong with it, apart
 * from what a call can do without.
 */
class WebhookRowFuzzTest extends FuzzTarget {
  private static final List<String> COLUMNS =
      List.of(
          "events",
          "filter",
          "headers",
          "retry_schedule",
          "template",
          "content_type",
          "format",
          "ordering",
          "order_by",
          "secret",
          "previous_secret",
          "ed25519_key",
          "client_certificate",
          "client_key",
          "url",
          "name");

  /** Faults in these do not keep attempts from being made; at a bad URL, each ends at once. */
  private static final List<String> NOT_NEEDED =
      List.of("/name", "/url", "/events", "/retry_schedule", "/order_by");

  private final SecretSeal seal =
      new SecretSeal(
          new EncryptionConfig(
              new Secret("k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), false));

  @Override
  protected void check(byte[] input) {
    Map<String, @Nullable Object> values = values(parts(input, COLUMNS.size()));
    if (!databaseAccepts(values)) {
      return;
    }
    Row row = AnsweredRow.of(values);

    Webhook webhook = WebhookRow.parse(row, seal);
    SavedWebhook saved = SavedWebhookRow.parse(row, seal);

    boolean usable = webhook.faults().state() instanceof RowFaults.Usable;
    assertThat(saved.callable() != null).isEqualTo(usable);
    assertThat(saved.problems()).hasSizeLessThanOrEqualTo(20);
    if (!usable) {
      assertThat(saved.problems()).isNotEmpty();
    }
    assertThat(saved.problems())
        .allMatch(problem -> problem.message().chars().noneMatch(Character::isISOControl));
    boolean tooMany = saved.problems().size() == 20;
    boolean neededIsFaulty =
        saved.problems().stream()
            .anyMatch(p -> !isNotNeeded(p.pointer()) && !isOnlyReported(p.message()));
    assertThat(usable).as("%s", saved.problems()).isEqualTo(!neededIsFaulty || (tooMany && usable));
  }

  private static boolean isNotNeeded(String pointer) {
    return NOT_NEEDED.stream().anyMatch(pointer::startsWith);
  }

  /** Headers that are not sent, and certificates that have expired, are only reported. */
  private static boolean isOnlyReported(String message) {
    return message.contains("is not sent") || message.contains("give a new one with its key");
  }

  private static Map<String, @Nullable Object> values(List<String> texts) {
    Map<String, @Nullable Object> values = new HashMap<>();
    for (int i = 0; i < COLUMNS.size(); i++) {
      values.put(COLUMNS.get(i), texts.get(i).isEmpty() ? null : texts.get(i));
    }
    values.putIfAbsent("events", "[\"*\"]");
    for (Map.Entry<String, String> missing :
        Map.of(
                "events", "[\"*\"]",
                "headers", "{}",
                "ordering", "none",
                "order_by", "webhook",
                "url", "https://example.com/hook",
                "name", "name")
            .entrySet()) {
      values.compute(missing.getKey(), (name, value) -> value == null ? missing.getValue() : value);
    }
    for (String column : List.of("rate_limit", "disabled_reason", "disabled_at")) {
      values.put(column, null);
    }
    OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
    values.putAll(
        Map.of(
            "id",
            1L,
            "tenant_id",
            "tenant-123",
            "version",
            1L,
            "beyond_limit",
            false,
            "is_active",
            true,
            "retry_count",
            3,
            "timeout",
            30,
            "jitter_percent",
            0,
            "retry_client_errors",
            false,
            "auto_disable",
            true));
    values.put("created_at", now);
    values.put("updated_at", now);
    values.put("previous_secret_until", now.plusHours(1));
    return values;
  }

  /** What its constraints let pass; JSON may be cut off, so that it can't be read. */
  private static boolean databaseAccepts(Map<String, @Nullable Object> values) {
    String ordering = String.valueOf(values.get("ordering"));
    String all = values.toString();
    return (ordering.equals("none") || ordering.equals("strict"))
        && all.indexOf('\0') < 0
        && isOf(values.get("events"), JsonArray.class)
        && isOf(values.get("retry_schedule"), JsonArray.class)
        && isOf(values.get("headers"), JsonObject.class)
        && isOf(values.get("filter"), JsonObject.class)
        && (values.get("previous_secret") != null);
  }

  private static boolean isOf(@Nullable Object json, Class<?> type) {
    try {
      return json == null || type.isInstance(Json.decodeValue(json.toString()));
    } catch (DecodeException cutOff) {
      return true;
    }
  }
}
