package dev.switchboard.webhooks.format;

import dev.switchboard.event.Envelope;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A message for a Discord webhook: one embed, mentions switched off.
 *
 * <p>Discord's markdown is escaped, so that no value can hide a link behind other text. Limits are
 * Discord's: title 256, description 4,096, field name 256 and value 1,024, footer 2,048, and 6,000
 * characters for the texts of an embed together.
 */
final class DiscordMessage {
  private static final int MAX_TITLE = 256;
  private static final int MAX_DESCRIPTION = 2_000;
  private static final int MAX_NAME = 100;
  private static final int MAX_VALUE = 1_024;
  private static final int MAX_FOOTER = 256;
  private static final int MAX_URL = 2_048;

  /** Left for the fields after the largest title, description and footer, of 6,000 in all. */
  private static final int MAX_FIELDS_TOGETHER = 6_000 - MAX_TITLE - MAX_DESCRIPTION - MAX_FOOTER;

  private static final int COLOR = 0x2563eb;
  private static final String MARKDOWN = "\\*_~`|>#[]()<@:-";

  private DiscordMessage() {}

  static RequestBody of(EventCard card) {
    JsonObject embed =
        new JsonObject()
            .put("title", escaped(card.title(), MAX_TITLE))
            .put("color", COLOR)
            .put("timestamp", Envelope.formatTimestamp(card.time()))
            .put(
                "footer", new JsonObject().put("text", LimitedText.cut(card.footer(), MAX_FOOTER)));
    if (card.text() != null) {
      embed.put("description", escaped(card.text(), MAX_DESCRIPTION));
    }
    if (card.link() != null && card.link().length() <= MAX_URL) {
      embed.put("url", card.link());
    }
    return RequestBody.json(
        new JsonObject()
            .put("embeds", new JsonArray().add(embed.put("fields", fields(card))))
            .put("allowed_mentions", new JsonObject().put("parse", new JsonArray())));
  }

  private static JsonArray fields(EventCard card) {
    JsonArray fields = new JsonArray();
    int left = MAX_FIELDS_TOGETHER;
    for (EventCard.Field field : card.fields()) {
      String name = escaped(field.label(), MAX_NAME);
      String value = escaped(field.value(), MAX_VALUE);
      left -= name.length() + value.length();
      if (left < 0) {
        break;
      }
      fields.add(new JsonObject().put("name", name).put("value", value).put("inline", true));
    }
    return fields;
  }

  private static String escaped(String text, int max) {
    return LimitedText.cut(text, max, DiscordMessage::escape);
  }

  private static @Nullable String escape(int character) {
    return MARKDOWN.indexOf(character) < 0 ? null : "\\" + (char) character;
  }
}
