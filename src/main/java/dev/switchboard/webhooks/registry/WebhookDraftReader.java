package dev.switchboard.webhooks.registry;

import dev.switchboard.config.Secret;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.webhooks.registry.InvalidWebhookException.Fault;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one webhook from JSON and collects every fault on the way. */
public final class WebhookDraftReader {
  /** Stands in answers for a header's value; sent back, it keeps the value. */
  public static final String HIDDEN = "***";

  private static final int MAX_NAME = 200;
  private static final int MAX_SECRET = 512;
  private static final int MAX_PATTERNS = 100;
  private static final int MAX_RETRIES = 100;
  static final int MAX_WAIT_SECONDS = 7 * 86_400;

  /** Members that answers have and requests may bring back unchanged. */
  private static final Set<String> READ_ONLY =
      Set.of(
          "id",
          "tenant_id",
          "has_secret",
          "previous_secret_until",
          "ed25519_public_key",
          "disabled_reason",
          "disabled_at",
          "created_at",
          "updated_at",
          "warnings");

  private static final Set<String> WRITABLE =
      Set.of(
          "name",
          "url",
          "events",
          "secret",
          "is_active",
          "retry_count",
          "timeout",
          "retry_schedule",
          "jitter_percent",
          "retry_client_errors",
          "headers",
          "filter",
          "ed25519",
          "ordering",
          "order_by",
          "rate_limit",
          "auto_disable");

  private final JsonObject json;
  private final List<Fault> faults = new ArrayList<>();

  private WebhookDraftReader(JsonObject json) {
    this.json = json;
  }

  /**
   * Reads a whole webhook; what is missing has its default.
   *
   * @throws InvalidWebhookException with every fault
   */
  public static WebhookDraft read(JsonObject json) {
    WebhookDraftReader reader = new WebhookDraftReader(json);
    WebhookDraft draft = reader.read();
    if (!reader.faults.isEmpty()) {
      throw new InvalidWebhookException(reader.faults);
    }
    return draft;
  }

  private WebhookDraft read() {
    for (String name : json.fieldNames()) {
      if (!WRITABLE.contains(name) && !READ_ONLY.contains(name)) {
        fault(
            name,
            "is unknown; a webhook has " + String.join(", ", WRITABLE.stream().sorted().toList()));
      }
    }
    return new WebhookDraft(
        name(),
        text("url", null, 2_048),
        events(),
        secret(),
        flag("is_active", true),
        number("retry_count", 3, 0, MAX_RETRIES),
        number("timeout", 30, 1, 120),
        schedule(),
        number("jitter_percent", 0, 0, 100),
        flag("retry_client_errors", false),
        headers(),
        filter(),
        flag("ed25519", false),
        ordering(),
        orderBy(),
        json.getValue("rate_limit") == null ? null : number("rate_limit", 1, 1, 100_000),
        flag("auto_disable", true));
  }

  private void fault(String member, String message) {
    faults.add(new Fault("/" + member.replace("~", "~0").replace("/", "~1"), message));
  }

  private String text(String member, @Nullable String missing, int longest) {
    Object value = json.getValue(member);
    if (value == null && missing != null) {
      return missing;
    }
    if (!(value instanceof String text) || text.isEmpty() || text.length() > longest) {
      fault(member, "must be a text of 1 to " + longest + " characters");
      return "";
    }
    return text;
  }

  private String name() {
    String name = text("name", null, MAX_NAME);
    if (name.chars().anyMatch(Character::isISOControl)) {
      fault("name", "must not hold control characters");
    }
    return name;
  }

  private boolean flag(String member, boolean missing) {
    Object value = json.getValue(member);
    if (value == null) {
      return missing;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    fault(member, "must be true or false");
    return missing;
  }

  private int number(String member, int missing, int least, int most) {
    Object value = json.getValue(member);
    if (value == null) {
      return missing;
    }
    if (value instanceof Integer number && number >= least && number <= most) {
      return number;
    }
    fault(member, "must be a whole number from " + least + " to " + most);
    return missing;
  }

  private JsonArray events() {
    Object value = json.getValue("events", new JsonArray().add("*"));
    if (!(value instanceof JsonArray events) || events.isEmpty() || events.size() > MAX_PATTERNS) {
      fault("events", "must be a list of 1 to " + MAX_PATTERNS + " event types or patterns");
      return new JsonArray();
    }
    for (int i = 0; i < events.size(); i++) {
      if (!(events.getValue(i) instanceof String pattern)) {
        faults.add(new Fault("/events/" + i, "must be a text"));
        continue;
      }
      try {
        EventPattern unused = new EventPattern(pattern);
      } catch (InvalidNameException e) {
        faults.add(new Fault("/events/" + i, String.valueOf(e.getMessage())));
      }
    }
    return events;
  }

  private @Nullable Secret secret() {
    if (!json.containsKey("secret")) {
      return null;
    }
    if (json.getValue("secret") == null) {
      return Secret.NONE;
    }
    String text = text("secret", null, MAX_SECRET);
    if (text.chars().anyMatch(Character::isISOControl)) {
      fault("secret", "must not hold control characters");
    }
    return new Secret(text);
  }

  private @Nullable JsonArray schedule() {
    Object value = json.getValue("retry_schedule");
    if (value == null) {
      return null;
    }
    boolean fits =
        value instanceof JsonArray array
            && array.size() <= MAX_RETRIES
            && !array.isEmpty()
            && array.stream()
                .allMatch(
                    wait ->
                        wait instanceof Number number
                            && number.doubleValue() >= 0.001
                            && number.doubleValue() <= MAX_WAIT_SECONDS);
    if (!fits) {
      fault(
          "retry_schedule",
          "must be a list of 1 to " + MAX_RETRIES + " waits in seconds, each at most 604800");
      return null;
    }
    return (JsonArray) value;
  }

  private Map<String, @Nullable String> headers() {
    Map<String, @Nullable String> headers = new LinkedHashMap<>();
    Object value = json.getValue("headers");
    if (value == null) {
      return headers;
    }
    if (!(value instanceof JsonObject object) || object.size() > HeaderRule.MAX) {
      fault("headers", "must be an object of at most " + HeaderRule.MAX + " headers");
      return headers;
    }
    for (Map.Entry<String, Object> header : object) {
      String pointer = "headers/" + header.getKey();
      if (!HeaderRule.allowsName(header.getKey())) {
        faults.add(new Fault("/" + pointer, "is no header name, or one that is reserved"));
      } else if (!(header.getValue() instanceof String text) || !HeaderRule.allowsValue(text)) {
        faults.add(new Fault("/" + pointer, "must be a text of printable ASCII"));
      } else {
        headers.put(header.getKey(), text.equals(HIDDEN) ? null : text);
      }
    }
    return headers;
  }

  private @Nullable JsonObject filter() {
    Object value = json.getValue("filter");
    if (value == null) {
      return null;
    }
    if (!(value instanceof JsonObject filter)) {
      fault("filter", "must be an object");
      return null;
    }
    try {
      PayloadFilter unused = PayloadFilter.parse(filter);
    } catch (IllegalArgumentException e) {
      fault("filter", String.valueOf(e.getMessage()));
    }
    return filter;
  }

  private String ordering() {
    String ordering = text("ordering", "none", 10);
    if (!ordering.equals("none") && !ordering.equals("strict")) {
      fault("ordering", "must be none or strict");
    }
    return ordering;
  }

  private String orderBy() {
    String orderBy = text("order_by", "webhook", 200);
    try {
      OrderKey unused = new OrderKey(orderBy);
    } catch (IllegalArgumentException e) {
      fault("order_by", String.valueOf(e.getMessage()));
    }
    return orderBy;
  }
}
