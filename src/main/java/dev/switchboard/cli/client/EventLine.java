package dev.switchboard.cli.client;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One event to publish, as JSON text. It has an id, if need be one made here, so that sending it
 * again after a doubtful answer neither doubles nor loses it. The rest of the text stays as it
 * came.
 *
 * @param number of the line it came in, from 1
 */
record EventLine(int number, String json) {
  /**
   * Takes a line of input.
   *
   * @param tenant for an event that names none
   * @throws ClientException if it is no JSON object
   */
  static EventLine of(int number, String text, @Nullable String tenant) {
    JsonObject event;
    try {
      event = new JsonObject(text);
    } catch (DecodeException e) {
      throw new ClientException("line " + number + " is no JSON object");
    }
    JsonObject added = new JsonObject();
    if (!event.containsKey("event_id")) {
      added.put("event_id", UUID.randomUUID().toString());
    }
    if (tenant != null && !event.containsKey("tenant_id")) {
      added.put("tenant_id", tenant);
    }
    return new EventLine(number, joined(added, text.strip()));
  }

  /** Text beside text: what was parsed and printed again would not be what was sent. */
  private static String joined(JsonObject added, String text) {
    if (added.isEmpty()) {
      return text;
    }
    String members = text.substring(1).strip();
    String front = added.encode();
    return front.substring(0, front.length() - 1) + (members.equals("}") ? "" : ",") + members;
  }
}
