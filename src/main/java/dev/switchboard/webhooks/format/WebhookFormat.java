package dev.switchboard.webhooks.format;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The form of a webhook's request body; {@link #wireName} is the value of {@code webhooks.format}.
 */
public enum WebhookFormat {
  /** {@code {"event","timestamp","data"}}, the same bytes in every attempt. */
  STANDARD,
  /** The standard members and the identity of the event, so that it is signed too. */
  EXTENDED,
  /** A message for a Slack incoming webhook. */
  SLACK,
  /** A message for a Discord webhook. */
  DISCORD,
  /** An Adaptive Card for a Microsoft Teams workflow. */
  TEAMS,
  /** A card for a Google Chat webhook. */
  GOOGLE_CHAT,
  /** A CloudEvents 1.0 event in structured JSON mode. */
  CLOUDEVENTS,
  /** A Mustache template of the tenant's own. */
  TEMPLATE;

  /** All wire names, separated by commas. */
  public static final String WIRE_NAMES =
      Arrays.stream(values()).map(WebhookFormat::wireName).collect(Collectors.joining(", "));

  /** The format of that wire name, if there is one. */
  public static Optional<WebhookFormat> named(String wireName) {
    return Arrays.stream(values()).filter(format -> format.wireName().equals(wireName)).findFirst();
  }

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether the receiver is a chat service: these answer 429 to bursts, and mean "later". */
  public boolean isChat() {
    return this == SLACK || this == DISCORD || this == TEAMS || this == GOOGLE_CHAT;
  }
}
