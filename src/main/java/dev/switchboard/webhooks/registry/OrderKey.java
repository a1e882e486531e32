package dev.switchboard.webhooks.registry;

import dev.switchboard.event.Event;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import org.jspecify.annotations.Nullable;

/**
 * Names the deliveries of a webhook that go one after the other: all of them, those of one user,
 * chat session or topic, or those whose payload has the same value at a JSON pointer.
 *
 * @param text {@code webhook}, {@code user}, {@code session}, {@code topic} or a JSON pointer
 */
public record OrderKey(String text) {
  /** All deliveries of the webhook. */
  static final OrderKey WEBHOOK = new OrderKey("webhook");

  private static final int MAX_LENGTH = 200;

  public OrderKey {
    if (!text.matches("webhook|user|session|topic") && !isPointer(text)) {
      throw new IllegalArgumentException(
          "must be webhook, user, session, topic or a JSON pointer such as /unique_id");
    }
  }

  private static boolean isPointer(String text) {
    return text.length() <= MAX_LENGTH && text.matches("(/([^/~]|~[01])*)+");
  }

  /** The key of {@code event}; events that lack the named member share one key. */
  public String of(Event event, @Nullable Object payload) {
    String key =
        switch (text) {
          case "webhook" -> "";
          case "user" -> String.valueOf(event.user());
          case "session" -> String.valueOf(event.chatSession());
          case "topic" -> String.valueOf(event.topic());
          default -> value(payload);
        };
    return cut(key);
  }

  boolean needsPayload() {
    return text.startsWith("/");
  }

  private String value(@Nullable Object payload) {
    if (!(payload instanceof JsonObject)) {
      return "";
    }
    StringBuilder beginning = new StringBuilder();
    Object found = JsonPointer.from(text).queryJson(payload);
    if (found instanceof String string) {
      beginning.append(cut(string));
    } else if (found != null) {
      appendBeginning(beginning, found);
    }
    return beginning.toString().replace("\0", "");
  }

  /** Appends compact JSON until the key is long enough: large values are not encoded whole. */
  private static void appendBeginning(StringBuilder json, @Nullable Object value) {
    if (value instanceof JsonObject object) {
      String separator = "{";
      for (String name : object.fieldNames()) {
        if (json.length() >= MAX_LENGTH) {
          return;
        }
        json.append(separator).append(Json.encode(cut(name))).append(':');
        appendBeginning(json, object.getValue(name));
        separator = ",";
      }
      json.append(object.isEmpty() ? "{}" : "}");
    } else if (value instanceof JsonArray array) {
      String separator = "[";
      for (Object item : array) {
        if (json.length() >= MAX_LENGTH) {
          return;
        }
        json.append(separator);
        appendBeginning(json, item);
        separator = ",";
      }
      json.append(array.isEmpty() ? "[]" : "]");
    } else {
      json.append(value instanceof String text ? Json.encode(cut(text)) : value);
    }
  }

  private static String cut(String text) {
    return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH);
  }
}
