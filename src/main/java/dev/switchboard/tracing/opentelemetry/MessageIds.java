package dev.switchboard.tracing.opentelemetry;

import dev.switchboard.event.EventId;
import dev.switchboard.event.PresenceEventId;
import org.jspecify.annotations.Nullable;

/** How spans name events. */
final class MessageIds {
  private MessageIds() {}

  /** The id of the event; null of a presence event, whose id contains the user. */
  static @Nullable String of(@Nullable EventId id) {
    return id == null || PresenceEventId.prefixOf(id) != null ? null : id.value();
  }
}
