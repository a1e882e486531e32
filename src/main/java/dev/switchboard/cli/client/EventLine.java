package dev.switchboard.cli.client;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One event to publish, as JSON text. It has an id, generated here if necessary, so that it can be
 * sent again after an unknown outcome without being lost or published twice. The rest of the text
 * stays as given.
 *
 * @param number the number of its line of input, from 1
 */
record EventLine(int number, String json) {
  /**
   * Creates an event from a line of input.
   *
   * @param tenant the tenant of an event that names none
   * @throws ClientException if the line is not a JSON object
   */
  static EventLine of(int number, String text, @Nullable String tenant) {
    JsonObject event;
    try {
      event = new JsonObject(text);
    } catch (DecodeException e) {
      throw noObject(number);
    }
    String json = text.strip();
    // The reader passes over comments, which JSON does not have.
    if (!json.startsWith("{") || !json.endsWith("}")) {
      throw noObject(number);
    }
    JsonObject added = new JsonObject();
    if (!event.containsKey("event_id")) {
      added.put("event_id", UUID.randomUUID().toString());
    }
    if (tenant != null && !event.containsKey("tenant_id")) {
      added.put("tenant_id", tenant);
    }
    return new EventLine(number, joined(added, event, json));
  }

  private static ClientException noObject(int number) {
    return new ClientException("line " + number + " is not a JSON object");
  }

  /** Inserts members into the text, which would change if it were parsed and encoded again. */
  private static String joined(JsonObject added, JsonObject event, String text) {
    if (added.isEmpty()) {
      return text;
    }
    String members = text.substring(1).strip();
    String front = added.encode();
    return front.substring(0, front.length() - 1) + (event.isEmpty() ? "" : ",") + members;
  }
}
