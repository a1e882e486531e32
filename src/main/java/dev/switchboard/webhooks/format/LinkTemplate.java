package dev.switchboard.webhooks.format;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The address of a page about an event, such as {@code
 * https://crm.example.com/{tenant_id}/events/{event_id}}: the setting {@code
 * webhooks.linkTemplate}. Values are percent-encoded; one that the event lacks is empty.
 */
public final class LinkTemplate {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");
  private static final Map<String, Function<DeliveredEvent, @Nullable String>> VALUES =
      Map.of(
          "tenant_id",
          event -> event.tenant().value(),
          "event_id",
          event -> event.id().value(),
          "type",
          event -> event.type().value(),
          "user_id",
          event -> event.text("user_id"),
          "session_id",
          event -> event.text("session_id"),
          "topic",
          event -> event.text("topic"));

  /** Makes no links. */
  public static final LinkTemplate NONE = new LinkTemplate("");

  private final String template;

  /**
   * Takes the text of the setting; empty for no links.
   *
   * @throws IllegalArgumentException if it is not an http(s) address or has an unknown placeholder
   */
  public LinkTemplate(String template) {
    if (!template.isEmpty() && !template.matches("https?://[^\\s\"<>]+")) {
      throw new IllegalArgumentException(
          "\"" + template + "\" is not an http:// or https:// address");
    }
    Matcher placeholders = PLACEHOLDER.matcher(template);
    while (placeholders.find()) {
      if (!VALUES.containsKey(placeholders.group(1))) {
        throw new IllegalArgumentException(
            "unknown placeholder {"
                + placeholders.group(1)
                + "}; use "
                + String.join(", ", Set.copyOf(VALUES.keySet()).stream().sorted().toList()));
      }
    }
    this.template = template;
  }

  /** The address for {@code event}; null without a template. */
  @Nullable String linkTo(DeliveredEvent event) {
    return template.isEmpty()
        ? null
        : PLACEHOLDER
            .matcher(template)
            .replaceAll(found -> Matcher.quoteReplacement(encoded(event, found.group(1))));
  }

  private static String encoded(DeliveredEvent event, String placeholder) {
    Function<DeliveredEvent, @Nullable String> value = VALUES.get(placeholder);
    String text = value == null ? null : value.apply(event);
    return text == null ? "" : URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
