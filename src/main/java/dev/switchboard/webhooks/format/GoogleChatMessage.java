package dev.switchboard.webhooks.format;

import dev.switchboard.event.Envelope;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A card for a Google Chat webhook.
 *
 * <p>Texts of cards are a subset of HTML, so {@code &}, {@code <} and {@code >} are escaped; cards
 * mention no user. Google takes 32,000 bytes in all.
 */
final class GoogleChatMessage {
  private static final int MAX_TITLE = 200;
  private static final int MAX_TEXT = 2_000;
  private static final int MAX_LABEL = 100;
  private static final int MAX_VALUE = 300;
  private static final int MAX_URL = 2_048;

  private GoogleChatMessage() {}

  static RequestBody of(EventCard card) {
    JsonArray widgets = new JsonArray();
    if (card.text() != null) {
      widgets.add(widget("textParagraph", text(card.text(), MAX_TEXT)));
    }
    for (EventCard.Field field : card.fields()) {
      widgets.add(
          widget(
              "decoratedText",
              text(field.value(), MAX_VALUE)
                  .put("topLabel", LimitedText.cut(field.label(), MAX_LABEL))
                  .put("wrapText", true)));
    }
    widgets.add(widget("textParagraph", text(Envelope.formatTimestamp(card.time()), MAX_TITLE)));
    if (card.link() != null && card.link().length() <= MAX_URL) {
      widgets.add(widget("buttonList", openButton(card.link())));
    }
    return RequestBody.json(
        new JsonObject().put("cardsV2", new JsonArray().add(card(card, widgets))));
  }

  private static JsonObject card(EventCard card, JsonArray widgets) {
    JsonObject header =
        new JsonObject()
            .put("title", LimitedText.cut(card.title(), MAX_TITLE))
            .put("subtitle", LimitedText.cut(card.footer(), MAX_TITLE));
    return new JsonObject()
        .put("cardId", "event")
        .put(
            "card",
            new JsonObject()
                .put("header", header)
                .put("sections", new JsonArray().add(new JsonObject().put("widgets", widgets))));
  }

  private static JsonObject widget(String kind, JsonObject content) {
    return new JsonObject().put(kind, content);
  }

  private static JsonObject text(String text, int max) {
    return new JsonObject().put("text", LimitedText.cut(text, max, GoogleChatMessage::escape));
  }

  private static JsonObject openButton(String link) {
    return new JsonObject()
        .put(
            "buttons",
            new JsonArray()
                .add(
                    new JsonObject()
                        .put("text", "Open")
                        .put(
                            "onClick",
                            new JsonObject().put("openLink", new JsonObject().put("url", link)))));
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
