package dev.switchboard.webhooks.format;

import dev.switchboard.event.Envelope;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An event as a body is made of it.
 *
 * @param acceptedAt when the server accepted it
 * @param head members of its envelope other than the payload
 * @param payload JSON value in UTF-8, as it goes everywhere
 */
public record DeliveredEvent(
    EventId id,
    EventType type,
    TenantId tenant,
    Instant acceptedAt,
    JsonObject head,
    byte[] payload) {

  /** Reads the members from an envelope, with or without its {@code id}. */
  public static DeliveredEvent of(
      EventId id, EventType type, TenantId tenant, Instant acceptedAt, byte[] envelope) {
    return new DeliveredEvent(
        id, type, tenant, acceptedAt, head(envelope), Envelope.payloadOf(envelope));
  }

  private static JsonObject head(byte[] envelope) {
    byte[] head = Arrays.copyOf(envelope, Envelope.payloadMember(envelope));
    String members = new String(head, StandardCharsets.UTF_8);
    return new JsonObject((members.startsWith("{") ? "" : "{") + members + "}");
  }

  /** The user whom the event is for; null if it is for everybody of the tenant. */
  public @Nullable String user() {
    return head.getString("user_id");
  }

  /** The chat session it belongs to; null if it belongs to none. */
  public @Nullable String session() {
    return head.getString("session_id");
  }

  public @Nullable String topic() {
    return head.getString("topic");
  }

  /** {@code kind} and {@code id} of a person or service that sent it over a socket; else null. */
  public @Nullable JsonObject sender() {
    return head.getJsonObject("sender");
  }

  /** The payload parsed: a {@link JsonObject}, a {@code JsonArray}, a scalar or null. */
  @Nullable Object parsedPayload() {
    return Json.decodeValue(new String(payload, StandardCharsets.UTF_8));
  }

  /** Puts the members that name the event's context, where the event has them. */
  JsonObject putContext(JsonObject target) {
    for (String member : new String[] {"user_id", "session_id", "topic", "sender"}) {
      Object value = head.getValue(member);
      if (value != null) {
        target.put(member, value);
      }
    }
    return target;
  }
}
