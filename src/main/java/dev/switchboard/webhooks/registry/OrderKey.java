package dev.switchboard.webhooks.registry;

import dev.switchboard.event.Event;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import java.util.Optional;
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
    return key.length() <= MAX_LENGTH ? key : key.substring(0, MAX_LENGTH);
  }

  boolean needsPayload() {
    return text.startsWith("/");
  }

  private String value(@Nullable Object payload) {
    return payload instanceof JsonObject
        ? Optional.ofNullable(JsonPointer.from(text).queryJson(payload))
            .map(found -> found.toString().replace("\0", ""))
            .orElse("")
        : "";
  }
}
