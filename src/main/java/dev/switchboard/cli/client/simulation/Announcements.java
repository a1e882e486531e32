package dev.switchboard.cli.client.simulation;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The events that have happened and were not taken yet, in the form of the API. */
final class Announcements {
  private List<JsonObject> events = new ArrayList<>();

  /** An event that is also the state of a key, for that long. */
  void keep(String type, String collection, String key, Duration time, JsonObject payload) {
    events.add(
        event(type, payload).put("keep", collection + "/" + key).put("keep_for", time.toSeconds()));
  }

  /** An event that ends the state of a key. */
  void forget(String type, String collection, String key, JsonObject payload) {
    events.add(event(type, payload).put("keep", collection + "/" + key).put("forget", true));
  }

  /** A message in a chat. */
  void inChat(String chat, JsonObject payload) {
    events.add(event("chat.message", payload).put("session_id", chat));
  }

  /** A message for one user, which waits in the inbox. */
  void forUser(String user, JsonObject payload) {
    events.add(event("notification", payload).put("user_id", user));
  }

  private static JsonObject event(String type, JsonObject payload) {
    return new JsonObject().put("type", type).put("payload", payload);
  }

  List<JsonObject> take() {
    List<JsonObject> taken = events;
    events = new ArrayList<>();
    return taken;
  }
}
