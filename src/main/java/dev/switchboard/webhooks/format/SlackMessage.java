package dev.switchboard.webhooks.format;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A message for a Slack incoming webhook, in Block Kit.
 *
 * <p>{@code &}, {@code <} and {@code >} are escaped as Slack's formatting rules ask, so that no
 * value can mention a channel or hide a link; {@code verbatim} keeps Slack from making links and
 * mentions of plain text. Limits are Block Kit's: header 150, section 3,000, field 2,000
 * characters.
 */
final class SlackMessage {
  private static final int MAX_HEADER = 150;
  private static final int MAX_TEXT = 3_000;
  private static final int MAX_FIELD = 2_000;
  private static final int MAX_LABEL = 100;
  private static final int MAX_URL = 3_000;

  private SlackMessage() {}

  static RequestBody of(EventCard card) {
    JsonArray blocks =
        new JsonArray().add(block("header").put("text", plain(card.title(), MAX_HEADER)));
    if (card.text() != null) {
      blocks.add(block("section").put("text", markdown(escaped(card.text(), MAX_TEXT))));
    }
    if (!card.fields().isEmpty()) {
      blocks.add(block("section").put("fields", fields(card)));
    }
    blocks.add(block("context").put("elements", new JsonArray().add(markdown(context(card)))));
    return RequestBody.json(
        new JsonObject()
            .put("text", summary(card))
            .put("blocks", blocks)
            .put("unfurl_links", false)
            .put("unfurl_media", false));
  }

  /** What notifications and screen readers say. */
  private static String summary(EventCard card) {
    String summary = card.title();
    if (card.text() != null) {
      summary += ": " + card.text();
    } else if (!card.fields().isEmpty()) {
      EventCard.Field first = card.fields().get(0);
      summary += " (" + first.label() + ": " + first.value() + ")";
    }
    return escaped(summary, MAX_TEXT);
  }

  private static JsonArray fields(EventCard card) {
    JsonArray fields = new JsonArray();
    for (EventCard.Field field : card.fields()) {
      String label = "*" + escaped(field.label(), MAX_LABEL) + "*\n";
      fields.add(markdown(label + escaped(field.value(), MAX_FIELD - label.length())));
    }
    return fields;
  }

  private static String context(EventCard card) {
    String time =
        "<!date^"
            + card.time().getEpochSecond()
            + "^{date_short_pretty} {time_secs}|"
            + card.time()
            + ">";
    String link = card.link() == null || card.link().length() > MAX_URL ? null : card.link();
    return time
        + " · "
        + escaped(card.footer(), MAX_FIELD / 2)
        + (link == null ? "" : " · <" + escaped(link, MAX_URL) + "|Open>");
  }

  private static JsonObject block(String type) {
    return new JsonObject().put("type", type);
  }

  private static JsonObject plain(String text, int max) {
    return new JsonObject().put("type", "plain_text").put("text", LimitedText.cut(text, max));
  }

  private static JsonObject markdown(String text) {
    return new JsonObject().put("type", "mrkdwn").put("text", text).put("verbatim", true);
  }

  private static String escaped(String text, int max) {
    return LimitedText.cut(text, max, SlackMessage::escape);
  }

  private static @Nullable String escape(int character) {
    return switch (character) {
      case '&' -> "&amp;";
      case '<' -> "&lt;";
      case '>' -> "&gt;";
      default -> null;
    };
  }
}
