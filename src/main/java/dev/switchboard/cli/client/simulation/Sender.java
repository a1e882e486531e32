package dev.switchboard.cli.client.simulation;

import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** The person who published an event. */
record Sender(String kind, String id) {

  /** Null if a program published it. */
  static @Nullable Sender of(JsonObject event) {
    return event.getValue("sender") instanceof JsonObject sender
        ? new Sender(sender.getString("kind", ""), sender.getString("id", ""))
        : null;
  }

  /** Whether it is a user, and not a visitor of a web page. */
  boolean isUser() {
    return kind.equals("user");
  }
}
