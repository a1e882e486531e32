package dev.switchboard.webhooks.format;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules by which chat services take or refuse a message, written from their documentation. */
public final class ChatRules {
  private static final Set<String> SLACK_BLOCKS =
      Set.of("header", "section", "context", "divider", "actions", "image", "rich_text");

  private ChatRules() {}

  /** Slack's answer to a refused body: {@code no_text}, {@code invalid_payload}; null if taken. */
  public static @Nullable String slack(String body) {
    JsonObject message = object(body);
    if (message == null) {
      return "invalid_payload";
    }
    JsonArray blocks = message.getJsonArray("blocks", new JsonArray());
    if (!(message.getValue("text") instanceof String text) || text.isEmpty()) {
      return blocks.isEmpty() ? "no_text" : null;
    }
    if (text.length() > 40_000 || blocks.size() > 50) {
      return "invalid_blocks";
    }
    for (Object block : blocks) {
      if (!slackBlock((JsonObject) block)) {
        return "invalid_blocks";
      }
    }
    return null;
  }

  private static boolean slackBlock(JsonObject block) {
    return switch (block.getString("type")) {
      case "header" -> slackText(block.getJsonObject("text"), "plain_text", 150);
      case "section" ->
          (block.containsKey("text") || block.containsKey("fields"))
              && (!block.containsKey("text")
                  || slackText(block.getJsonObject("text"), "mrkdwn", 3_000))
              && slackTexts(block.getJsonArray("fields", new JsonArray()), 2_000);
      case "context" -> slackTexts(block.getJsonArray("elements"), 3_000);
      default -> SLACK_BLOCKS.contains(block.getString("type"));
    };
  }

  private static boolean slackTexts(JsonArray texts, int max) {
    return texts.size() <= 10
        && texts.stream().allMatch(text -> slackText((JsonObject) text, "mrkdwn", max));
  }

  private static boolean slackText(JsonObject text, String type, int max) {
    String value = text.getString("text");
    return type.equals(text.getString("type")) && !value.isEmpty() && value.length() <= max;
  }

  /** Discord's answer to a refused body; null if taken. */
  public static @Nullable String discord(String body) {
    JsonObject message = object(body);
    if (message == null) {
      return "{\"message\": \"The request body contains invalid JSON.\", \"code\": 50109}";
    }
    JsonArray embeds = message.getJsonArray("embeds", new JsonArray());
    String content = message.getString("content", "");
    if (content.isEmpty() && embeds.isEmpty()) {
      return "{\"message\": \"Cannot send an empty message\", \"code\": 50006}";
    }
    boolean fits = content.length() <= 2_000 && embeds.size() <= 10;
    for (Object embed : embeds) {
      fits &= discordEmbed((JsonObject) embed);
    }
    return fits ? null : "{\"message\": \"Invalid Form Body\", \"code\": 50035}";
  }

  private static boolean discordEmbed(JsonObject embed) {
    int together = length(embed, "title") + length(embed, "description");
    JsonObject footer = embed.getJsonObject("footer", new JsonObject());
    together += length(footer, "text");
    JsonArray fields = embed.getJsonArray("fields", new JsonArray());
    boolean fits =
        length(embed, "title") <= 256
            && length(embed, "description") <= 4_096
            && length(footer, "text") <= 2_048
            && fields.size() <= 25;
    for (Object item : fields) {
      JsonObject field = (JsonObject) item;
      together += length(field, "name") + length(field, "value");
      fits &= between(length(field, "name"), 256) && between(length(field, "value"), 1_024);
    }
    Instant unused = Instant.parse(embed.getString("timestamp"));
    return fits && together <= 6_000;
  }

  private static boolean between(int length, int max) {
    return length >= 1 && length <= max;
  }

  private static int length(JsonObject object, String member) {
    return object.getString(member, "").length();
  }

  /** The answer of a Teams workflow to a refused body; null if taken. */
  public static @Nullable String teams(String body) {
    if (body.getBytes(StandardCharsets.UTF_8).length > 28 << 10) {
      return "{\"error\":{\"code\":\"RequestEntityTooLarge\",\"message\":\"too large\"}}";
    }
    JsonObject message = object(body);
    boolean card =
        message != null
            && "message".equals(message.getString("type"))
            && message.getJsonArray("attachments", new JsonArray()).stream()
                .allMatch(item -> teamsCard((JsonObject) item))
            && !message.getJsonArray("attachments", new JsonArray()).isEmpty();
    return card
        ? null
        : "{\"error\":{\"code\":\"TriggerInputSchemaMismatch\","
            + "\"message\":\"The input body for trigger 'manual' does not match its schema\"}}";
  }

  private static boolean teamsCard(JsonObject attachment) {
    JsonObject content = attachment.getJsonObject("content", new JsonObject());
    return "application/vnd.microsoft.card.adaptive".equals(attachment.getString("contentType"))
        && "AdaptiveCard".equals(content.getString("type"))
        && List.of("1.0", "1.1", "1.2", "1.3", "1.4", "1.5").contains(content.getString("version"))
        && !content.getJsonArray("body").isEmpty();
  }

  /** Google Chat's answer to a refused body; null if taken. */
  public static @Nullable String googleChat(String body) {
    JsonObject message = object(body);
    boolean fits =
        message != null
            && !message.isEmpty()
            && Set.of("text", "cardsV2", "thread", "fallbackText").containsAll(message.fieldNames())
            && body.getBytes(StandardCharsets.UTF_8).length <= 32_000
            && message.getString("text", "").length() <= 4_096;
    return fits
        ? null
        : "{\"error\":{\"code\":400,\"message\":\"Invalid JSON payload received.\","
            + "\"status\":\"INVALID_ARGUMENT\"}}";
  }

  private static @Nullable JsonObject object(String body) {
    try {
      return new JsonObject(body);
    } catch (DecodeException | ClassCastException notAnObject) {
      return null;
    }
  }
}
