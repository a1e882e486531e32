package dev.switchboard.client.model;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event as the server sent it.
 *
 * <p>JSON values are represented by {@code Map}, {@code List}, {@code String}, {@code Long}, {@code
 * BigDecimal} (numbers with a fraction or beyond a {@code long}), {@code Boolean} and null.
 *
 * @param members all members, also those that have no method here
 */
public record Event(Map<String, @Nullable Object> members) {

  /** Its opaque position in its log; null for messages of the inbox and live-only events. */
  public @Nullable String id() {
    return text("id");
  }

  /** The id under which all receivers see the event. */
  public @Nullable String eventId() {
    return text("event_id");
  }

  public String type() {
    return String.valueOf(members.get("type"));
  }

  public String tenantId() {
    return String.valueOf(members.get("tenant_id"));
  }

  /** When the server accepted it; null if the event does not say. */
  public @Nullable Instant timestamp() {
    String timestamp = text("timestamp");
    return timestamp == null ? null : Instant.parse(timestamp);
  }

  /** The user it is for; null if it is for all. */
  public @Nullable String userId() {
    return text("user_id");
  }

  public @Nullable String topic() {
    return text("topic");
  }

  /** The chat it belongs to. */
  public @Nullable String sessionId() {
    return text("session_id");
  }

  /** {@code collection/key} of a kept event. */
  public @Nullable String keep() {
    return text("keep");
  }

  /** When the state of a kept event ends, by the server's clock. */
  public @Nullable Instant keepUntil() {
    String until = text("keep_until");
    return until == null ? null : Instant.parse(until);
  }

  /** Whether it ends the state of its key. */
  public boolean forget() {
    return Boolean.TRUE.equals(members.get("forget"));
  }

  public @Nullable Object payload() {
    return members.get("payload");
  }

  private @Nullable String text(String name) {
    return members.get(name) instanceof String text ? text : null;
  }
}
