package dev.switchboard.webhooks.registry;

import dev.switchboard.config.Secret;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.sealing.SecretSeal;
import dev.switchboard.webhooks.format.InvalidTemplateException;
import dev.switchboard.webhooks.guard.ReceiverUrl;
import dev.switchboard.webhooks.registry.InvalidWebhookException.Fault;
import dev.switchboard.webhooks.signing.Ed25519;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds what is wrong with a row of {@code webhooks}: plain SQL can store what the API would
 * refuse.
 */
final class CheckedRow {
  private static final int MAX_PROBLEMS = 20;
  private static final int MAX_SHOWN_LENGTH = 100;

  private final Row row;
  private final List<Fault> problems = new ArrayList<>();

  /** Reads one column; throws if its value can't be used. */
  private interface Read {
    @Nullable Object value();
  }

  private CheckedRow(Row row) {
    this.row = row;
  }

  /** The problems of a row that has {@link WebhookRow#COLUMNS}, at most {@value #MAX_PROBLEMS}. */
  static List<Fault> of(Row row, SecretSeal secretSeal) {
    CheckedRow found = new CheckedRow(row);
    found.check(secretSeal);
    return found.problems.subList(0, Math.min(MAX_PROBLEMS, found.problems.size()));
  }

  private void check(SecretSeal secretSeal) {
    String tenant = row.getString("tenant_id");
    if (row.getString("name").chars().anyMatch(Character::isISOControl)) {
      add("/name", "holds control characters, which are shown escaped; rename the webhook");
    }
    if (row.getBoolean("beyond_limit")) {
      add(memberToShorten(), WebhookRow.BEYOND);
    }
    check("/url", () -> ReceiverUrl.strict(row.getString("url")));
    check("/events", () -> WebhookRow.json(row, "events"));
    checkEvents(jsonOrNull("events"));
    check("/filter", () -> WebhookRow.filter(row));
    check("/headers", () -> WebhookRow.headers(row, secretSeal, tenant));
    checkSentHeaders(secretSeal, tenant);
    check("/retry_schedule", () -> WebhookRow.schedule(row));
    check("/order_by", () -> WebhookRow.orderBy(row));
    check("/secret", () -> secretSeal.open(row.getString("secret"), tenant));
    check("/secret", () -> WebhookRow.previous(row, secretSeal, tenant));
    check("/ed25519", () -> publicKey(secretSeal.open(row.getString("ed25519_key"), tenant)));
    check("/template", () -> WebhookRow.body(row));
    checkClientCertificate(secretSeal, tenant);
  }

  private void add(String pointer, String message) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(new Fault(pointer, ControlCharacters.escaped(message)));
    }
  }

  private String memberToShorten() {
    return row.getString("filter") != null
        ? "/filter"
        : row.getString("template") != null ? "/template" : "/events";
  }

  private void check(String pointer, Read read) {
    try {
      Object unused = read.value();
    } catch (InvalidTemplateException unusable) {
      add(pointer, "the template " + unusable.getMessage());
    } catch (RuntimeException fault) {
      add(pointer, WebhookRow.reason(fault));
    }
  }

  private static @Nullable String publicKey(Secret key) {
    return key.isSet() ? Ed25519.publicOf(key) : null;
  }

  private void checkClientCertificate(SecretSeal secretSeal, String tenant) {
    ClientCertificate certificate;
    try {
      certificate = WebhookRow.clientCertificate(row, secretSeal, tenant);
    } catch (ClientCertificate.UnusableException unusable) {
      add("/" + unusable.member(), WebhookRow.reason(unusable));
      return;
    } catch (RuntimeException unreadable) {
      add("/client_certificate", WebhookRow.reason(unreadable));
      return;
    }
    if (certificate != null) {
      certificate
          .expiry(Instant.now())
          .ifPresent(
              expiry -> add("/client_certificate", expiry + "; give a new one with its key"));
    }
  }

  private void checkEvents(@Nullable Object value) {
    if (value != null && !(value instanceof JsonArray)) {
      add("/events", "must be a list of event types or patterns");
    }
    if (!(value instanceof JsonArray events)) {
      return;
    }
    if (events.isEmpty()) {
      add("/events", "is empty, so the webhook gets no events");
    }
    for (int i = 0; i < events.size(); i++) {
      checkPattern("/events/" + i, events.getValue(i));
    }
  }

  private void checkPattern(String pointer, @Nullable Object pattern) {
    if (!(pattern instanceof String text)) {
      add(pointer, "must be a string");
      return;
    }
    try {
      EventPattern unused = new EventPattern(text);
    } catch (InvalidNameException e) {
      add(
          pointer,
          "'"
              + shown(text)
              + "' matches no event; calls it may be meant for fail: "
              + e.getMessage());
    }
  }

  private void checkSentHeaders(SecretSeal secretSeal, String tenant) {
    if (!(jsonOrNull("headers") instanceof JsonObject headers)) {
      return;
    }
    for (Map.Entry<String, Object> header : headers) {
      if (!HeaderRule.allowsName(header.getKey())) {
        add(
            "/headers",
            "'"
                + shown(header.getKey())
                + "' is not sent: it is not a valid header name, or is reserved");
      } else if (header.getValue() instanceof String value && !isSent(value, secretSeal, tenant)) {
        add(
            "/headers",
            "'"
                + shown(header.getKey())
                + "' is not sent: its value must be printable ASCII characters");
      }
    }
  }

  /** What can't be decrypted is reported as such. */
  private static boolean isSent(String value, SecretSeal secretSeal, String tenant) {
    try {
      return HeaderRule.allowsValue(secretSeal.open(value, tenant).reveal());
    } catch (SecretSeal.SealedException unreadable) {
      return true;
    }
  }

  private @Nullable Object jsonOrNull(String column) {
    try {
      return WebhookRow.json(row, column);
    } catch (DecodeException unreadable) {
      return null;
    }
  }

  private static String shown(String text) {
    return ControlCharacters.escaped(
        text.length() <= MAX_SHOWN_LENGTH ? text : text.substring(0, MAX_SHOWN_LENGTH) + "…");
  }
}
