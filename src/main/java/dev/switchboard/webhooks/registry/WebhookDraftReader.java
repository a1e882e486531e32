package dev.switchboard.webhooks.registry;

import dev.switchboard.config.Secret;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.EventType;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.Reason;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.StorableText;
import dev.switchboard.webhooks.filter.PayloadFilter;
import dev.switchboard.webhooks.format.BodySettings;
import dev.switchboard.webhooks.format.BodyTemplate;
import dev.switchboard.webhooks.format.DeliveredEvent;
import dev.switchboard.webhooks.format.InvalidTemplateException;
import dev.switchboard.webhooks.format.RequestBody;
import dev.switchboard.webhooks.format.WebhookFormat;
import dev.switchboard.webhooks.registry.InvalidWebhookException.Fault;
import dev.switchboard.webhooks.registry.WebhookDraft.Given;
import dev.switchboard.webhooks.registry.WebhookDraft.Kept;
import dev.switchboard.webhooks.registry.WebhookDraft.Nothing;
import dev.switchboard.webhooks.registry.WebhookDraft.Ordering;
import dev.switchboard.webhooks.registry.WebhookDraft.Presented;
import dev.switchboard.webhooks.registry.WebhookDraft.Retries;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses the settings of a webhook from JSON and collects every fault on the way. */
public final class WebhookDraftReader {
  /** Replaces a header's value in answers; a request that has it keeps the value. */
  public static final String HIDDEN = "***";

  private static final int MAX_NAME_LENGTH = 200;
  private static final int MAX_SECRET_LENGTH = 512;
  private static final int MAX_PATTERNS = 100;
  private static final int MAX_RETRIES = 100;
  private static final BigDecimal MIN_WAIT_SECONDS = new BigDecimal("0.001");
  static final int MAX_WAIT_SECONDS = 7 * 86_400;

  /** Members of answers that requests may contain, too; their values are ignored. */
  private static final Set<String> READ_ONLY =
      Set.of(
          "id",
          "tenant_id",
          "has_secret",
          "previous_secret_until",
          "ed25519_public_key",
          "client_certificate_info",
          "disabled_reason",
          "disabled_at",
          "created_at",
          "updated_at",
          "effective_format",
          "format_reason",
          "breaker",
          "problems",
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
          "auto_disable",
          "format",
          "template",
          "content_type",
          "client_certificate",
          "client_key");

  private static final Pattern MEDIA_TYPE =
      Pattern.compile("[\\w.+-]+/[\\w.+-]+(;\\s?[\\w.+-]+=[\\w.+-]+)*");

  /** Templates are tried on it when they are saved; no template can rely on a payload's form. */
  private static final DeliveredEvent EXAMPLE =
      new DeliveredEvent(
          new EventId("example"),
          new EventType("call.incoming"),
          new TenantId("example"),
          Instant.EPOCH,
          ("\"event_id\":\"example\",\"type\":\"call.incoming\",\"tenant_id\":\"example\",\"payload\":"
                  + "{\"unique_id\":\"1729866000.123\",\"caller_id\":\"+1234567890\","
                  + "\"destination\":\"100\",\"queue_name\":\"support\",\"direction\":\"inbound\"}}")
              .getBytes(StandardCharsets.UTF_8));

  private final JsonObject json;
  private final List<Fault> faults = new ArrayList<>();

  private WebhookDraftReader(JsonObject json) {
    this.json = json;
  }

  /**
   * Parses {@code json}; a member that is missing has its default.
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

  /**
   * Parses the member {@code secret} of {@code json}; null if there is none.
   *
   * @throws InvalidWebhookException if it can't be a secret
   */
  public static @Nullable Secret readSecret(JsonObject json) {
    WebhookDraftReader reader = new WebhookDraftReader(json);
    Secret secret = reader.secret();
    if (!reader.faults.isEmpty()) {
      throw new InvalidWebhookException(reader.faults);
    }
    return secret == null || !secret.isSet() ? null : secret;
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
        Duration.ofSeconds(number("timeout", 30, 1, 120)),
        new Retries(
            number("retry_count", 3, 0, MAX_RETRIES),
            schedule(),
            number("jitter_percent", 0, 0, 100),
            flag("retry_client_errors", false)),
        headers(),
        filter(),
        flag("ed25519", false),
        new Ordering(isStrict(), orderBy()),
        json.getValue("rate_limit") == null ? null : number("rate_limit", 1, 1, 100_000),
        flag("auto_disable", true),
        body(),
        clientCertificate());
  }

  private void fault(String member, String message) {
    faults.add(new Fault("/" + escaped(member), message));
  }

  private static String escaped(String member) {
    return member.replace("~", "~0").replace("/", "~1");
  }

  private String text(String member, @Nullable String missing, int maxLength) {
    Object value = json.getValue(member);
    if (value == null && missing != null) {
      return missing;
    }
    if (!(value instanceof String text) || text.isEmpty() || text.length() > maxLength) {
      fault(member, "must be a string of 1 to " + maxLength + " characters");
      return "";
    }
    if (!StorableText.isStorable(text)) {
      fault(member, StorableText.RULE);
      return "";
    }
    return text;
  }

  private String name() {
    String name = text("name", null, MAX_NAME_LENGTH);
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

  private int number(String member, int missing, int min, int max) {
    Object value = json.getValue(member);
    if (value == null) {
      return missing;
    }
    if (value instanceof Integer number && number >= min && number <= max) {
      return number;
    }
    fault(member, "must be a whole number from " + min + " to " + max);
    return missing;
  }

  private List<EventPattern> events() {
    Object value = json.getValue("events", new JsonArray().add("*"));
    if (!(value instanceof JsonArray events) || events.isEmpty() || events.size() > MAX_PATTERNS) {
      fault("events", "must be a list of 1 to " + MAX_PATTERNS + " event types or patterns");
      return List.of();
    }
    List<EventPattern> patterns = new ArrayList<>(events.size());
    for (int i = 0; i < events.size(); i++) {
      if (!(events.getValue(i) instanceof String pattern)) {
        faults.add(new Fault("/events/" + i, "must be a string"));
        continue;
      }
      try {
        patterns.add(new EventPattern(pattern));
      } catch (InvalidNameException e) {
        faults.add(new Fault("/events/" + i, Reason.of(e)));
      }
    }
    return patterns;
  }

  private @Nullable Secret secret() {
    if (!json.containsKey("secret")) {
      return null;
    }
    if (json.getValue("secret") == null) {
      return Secret.NONE;
    }
    String text = text("secret", null, MAX_SECRET_LENGTH);
    if (text.chars().anyMatch(Character::isISOControl)) {
      fault("secret", "must not hold control characters");
    }
    return new Secret(text);
  }

  private List<Duration> schedule() {
    Object value = json.getValue("retry_schedule");
    if (value == null) {
      return List.of();
    }
    boolean valid =
        value instanceof JsonArray array
            && array.size() <= MAX_RETRIES
            && !array.isEmpty()
            && array.stream().allMatch(WebhookDraftReader::isWait);
    if (!valid) {
      fault(
          "retry_schedule",
          "must be a list of 1 to " + MAX_RETRIES + " waits in seconds, each at most 604800");
      return List.of();
    }
    return ((JsonArray) value).stream().map(WebhookDraftReader::wait).toList();
  }

  private static boolean isWait(@Nullable Object seconds) {
    return seconds instanceof Number number
        && Double.isFinite(number.doubleValue())
        && decimal(number).compareTo(MIN_WAIT_SECONDS) >= 0
        && number.doubleValue() <= MAX_WAIT_SECONDS;
  }

  private static Duration wait(Object seconds) {
    return Duration.ofNanos(decimal((Number) seconds).movePointRight(9).longValue());
  }

  private static BigDecimal decimal(Number number) {
    return new BigDecimal(number.toString());
  }

  private Map<String, @Nullable Secret> headers() {
    Map<String, @Nullable Secret> headers = new LinkedHashMap<>();
    Object value = json.getValue("headers");
    if (value == null) {
      return headers;
    }
    if (!(value instanceof JsonObject object) || object.size() > HeaderRule.MAX_HEADERS) {
      fault("headers", "must be an object of at most " + HeaderRule.MAX_HEADERS + " headers");
      return headers;
    }
    for (Map.Entry<String, Object> header : object) {
      String pointer = "/headers/" + escaped(header.getKey());
      if (!HeaderRule.allowsName(header.getKey())) {
        faults.add(new Fault(pointer, "is not a valid header name, or is reserved"));
      } else if (!(header.getValue() instanceof String text) || !HeaderRule.allowsValue(text)) {
        faults.add(new Fault(pointer, "must be a string of printable ASCII characters"));
      } else {
        headers.put(header.getKey(), text.equals(HIDDEN) ? null : new Secret(text));
      }
    }
    return headers;
  }

  private @Nullable PayloadFilter filter() {
    Object value = json.getValue("filter");
    if (value == null) {
      return null;
    }
    if (!(value instanceof JsonObject filter)) {
      fault("filter", "must be an object");
      return null;
    }
    try {
      PayloadFilter parsed = PayloadFilter.parse(filter);
      if (!StorableText.isStorable(filter)) {
        fault("filter", StorableText.RULE);
      } else if (!isFinite(filter)) {
        fault("filter", "must not hold a number beyond the range of a double, such as 1e400");
      }
      return parsed;
    } catch (IllegalArgumentException e) {
      fault("filter", Reason.of(e));
      return null;
    }
  }

  /** Whether the JSON holds no number that would be stored as a text. */
  private static boolean isFinite(@Nullable Object json) {
    if (json instanceof Double number) {
      return Double.isFinite(number);
    }
    if (json instanceof JsonArray array) {
      return array.stream().allMatch(WebhookDraftReader::isFinite);
    }
    return !(json instanceof JsonObject object)
        || object.stream().allMatch(member -> isFinite(member.getValue()));
  }

  private BodySettings body() {
    try {
      BodySettings body = BodySettings.of(format(), template(), url());
      if (body.template() != null) {
        RequestBody unused = body.template().render(EXAMPLE);
      }
      return body;
    } catch (InvalidTemplateException e) {
      fault("template", String.valueOf(e.getMessage()));
      return BodySettings.STANDARD;
    }
  }

  private @Nullable WebhookFormat format() {
    Object value = json.getValue("format");
    if (value == null) {
      return null;
    }
    WebhookFormat format =
        value instanceof String name ? WebhookFormat.named(name).orElse(null) : null;
    if (format == null) {
      fault("format", "must be null or one of " + WebhookFormat.WIRE_NAMES);
    }
    return format;
  }

  private @Nullable BodyTemplate template() {
    boolean used = WebhookFormat.TEMPLATE.wireName().equals(json.getValue("format"));
    for (String member : List.of("template", "content_type")) {
      if (!used && json.getValue(member) != null) {
        fault(member, "is used with the format template only; set format or leave it out");
        return null;
      }
    }
    if (json.getValue("template") == null) {
      return null;
    }
    String contentType = text("content_type", BodyTemplate.DEFAULT_TYPE, 200);
    if (!MEDIA_TYPE.matcher(contentType).matches()) {
      fault("content_type", "must be a media type such as application/json");
    }
    return BodyTemplate.parse(text("template", null, BodyTemplate.MAX_LENGTH), contentType);
  }

  /** Certificate and key are kept, removed or given together. */
  private Presented clientCertificate() {
    if (isKept("client_certificate") && isKept("client_key")) {
      return new Kept();
    }
    if (isRemoved("client_certificate") && isRemoved("client_key")) {
      return new Nothing();
    }
    for (String member : List.of("client_certificate", "client_key")) {
      if (isKept(member) || isRemoved(member)) {
        fault(member, "certificate and key are given together; give this one, too");
        return new Kept();
      }
    }
    return given(
        text("client_certificate", null, ClientCertificate.MAX_CHAIN_LENGTH),
        new Secret(text("client_key", null, ClientCertificate.MAX_KEY_LENGTH)));
  }

  private boolean isKept(String member) {
    return !json.containsKey(member) || HIDDEN.equals(json.getValue(member));
  }

  /** To remove one is to remove both. */
  private boolean isRemoved(String member) {
    boolean both =
        json.getValue("client_certificate") == null || json.getValue("client_key") == null;
    return json.getValue(member) == null || (both && isKept(member));
  }

  private Presented given(String chain, Secret key) {
    if (chain.isEmpty() || !key.isSet()) {
      return new Kept();
    }
    if (url().regionMatches(true, 0, "http:", 0, 5)) {
      fault("client_certificate", "needs a URL with https");
    }
    try {
      ClientCertificate certificate = ClientCertificate.parse(chain, key);
      if (certificate.hasExpired(Instant.now())) {
        fault("client_certificate", certificate.expiry(Instant.now()).orElse("has expired"));
      }
      return new Given(certificate, chain, key);
    } catch (ClientCertificate.UnusableException unusable) {
      fault(unusable.member(), Reason.of(unusable));
      return new Kept();
    }
  }

  private String url() {
    return json.getValue("url") instanceof String url ? url : "";
  }

  private boolean isStrict() {
    String ordering = text("ordering", "none", 10);
    if (!ordering.equals("none") && !ordering.equals("strict")) {
      fault("ordering", "must be none or strict");
    }
    return ordering.equals("strict");
  }

  private OrderKey orderBy() {
    try {
      return new OrderKey(text("order_by", OrderKey.WEBHOOK.text(), 200));
    } catch (IllegalArgumentException e) {
      fault("order_by", Reason.of(e));
      return OrderKey.WEBHOOK;
    }
  }
}
