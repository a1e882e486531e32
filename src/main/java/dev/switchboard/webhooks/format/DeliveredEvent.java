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
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event as a body is made of it.
 *
 * @param acceptedAt when the server accepted it
 * @param envelope its envelope, with or without the {@code id}
 */
public record DeliveredEvent(
    EventId id, EventType type, TenantId tenant, Instant acceptedAt, byte[] envelope) {
  private static final List<String> CONTEXT = List.of("user_id", "session_id", "topic", "sender");

  /** The members of the envelope other than the payload. */
  public JsonObject head() {
    byte[] head = Arrays.copyOf(envelope, Envelope.payloadMember(envelope));
    String members = new String(head, StandardCharsets.UTF_8);
    return new JsonObject((members.startsWith("{") ? "" : "{") + members + "}");
  }

  /** The text of a member of the head; null if it has none of that name. */
  public @Nullable String text(String member) {
    return Envelope.memberText(envelope, member);
  }

  /** Whether it ends a kept state. */
  public boolean endsKeptState() {
    return text("keep") != null && text("keep_until") == null;
  }

  /** The payload: a JSON value in UTF-8, as it goes everywhere. */
  byte[] payload() {
    return Envelope.payloadOf(envelope);
  }

  /** The payload parsed: a {@link JsonObject}, a {@code JsonArray}, a scalar or null. */
  @Nullable Object parsedPayload() {
    return payloadOf(envelope);
  }

  /** The parsed payload of {@code envelope}. */
  public static @Nullable Object payloadOf(byte[] envelope) {
    return Json.decodeValue(new String(Envelope.payloadOf(envelope), StandardCharsets.UTF_8));
  }

  /** Puts those members into {@code target} that name the event's context and are set. */
  JsonObject putContext(JsonObject target) {
    JsonObject head = head();
    for (String member : CONTEXT) {
      Object value = head.getValue(member);
      if (value != null) {
        target.put(member, value);
      }
    }
    return target;
  }
}
