package dev.switchboard.webhooks.format;

import dev.switchboard.event.Envelope;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/**
 * An Adaptive Card 1.4 for a Microsoft Teams workflow ("When a Teams webhook request is received").
 *
 * <p>Values are text runs, which have no markdown, so that they are shown as they are. Teams
 * accepts 28 KB in all; the limits here keep a card below half of that in any script.
 */
final class TeamsMessage {
  private static final int MAX_TITLE = 200;
  private static final int MAX_TEXT = 1_500;
  private static final int MAX_LABEL = 60;
  private static final int MAX_VALUE = 150;
  private static final int MAX_URL = 2_048;

  private TeamsMessage() {}

  static RequestBody of(EventCard card) {
    JsonArray body =
        new JsonArray()
            .add(
                paragraph(
                    run(card.title(), MAX_TITLE).put("size", "Large").put("weight", "Bolder")));
    if (card.text() != null) {
      body.add(paragraph(run(card.text(), MAX_TEXT)));
    }
    card.fields().forEach(field -> body.add(field(field)));
    String footer = Envelope.formatTimestamp(card.time()) + " · " + card.footer();
    body.add(paragraph(run(footer, MAX_TITLE).put("isSubtle", true).put("size", "Small")));
    return RequestBody.json(
        new JsonObject()
            .put("type", "message")
            .put("attachments", new JsonArray().add(attachment(content(card, body)))));
  }

  private static JsonObject field(EventCard.Field field) {
    return paragraph(
            run(field.label(), MAX_LABEL).put("weight", "Bolder"),
            run(": " + field.value(), MAX_VALUE))
        .put("spacing", "Small");
  }

  private static JsonObject paragraph(JsonObject... runs) {
    JsonArray inlines = new JsonArray();
    for (JsonObject run : runs) {
      inlines.add(run);
    }
    return new JsonObject().put("type", "RichTextBlock").put("inlines", inlines);
  }

  private static JsonObject run(String text, int max) {
    return new JsonObject().put("type", "TextRun").put("text", LimitedText.cut(text, max));
  }

  private static JsonObject content(EventCard card, JsonArray body) {
    JsonObject content =
        new JsonObject()
            .put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
            .put("type", "AdaptiveCard")
            .put("version", "1.4")
            .put("msteams", new JsonObject().put("width", "Full"))
            .put("fallbackText", LimitedText.cut(card.title(), MAX_TITLE))
            .put("body", body);
    if (card.link() != null && card.link().length() <= MAX_URL) {
      content.put(
          "actions",
          new JsonArray()
              .add(
                  new JsonObject()
                      .put("type", "Action.OpenUrl")
                      .put("title", "Open")
                      .put("url", card.link())));
    }
    return content;
  }

  private static JsonObject attachment(JsonObject content) {
    return new JsonObject()
        .put("contentType", "application/vnd.microsoft.card.adaptive")
        .putNull("contentUrl")
        .put("content", content);
  }
}
