package dev.switchboard.bridge;

import static java.util.Objects.requireNonNull;

import dev.switchboard.event.Envelope;
import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Payload;
import dev.switchboard.event.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Events of one tenant's log, for tests. */
final class LogEvents {
  static final TenantId TENANT = new TenantId("tenant-123");

  private LogEvents() {}

  /** The event at a position, named after its offset. */
  static LogEvent at(LogPosition position) {
    return at(position, "event-" + position.offset());
  }

  static LogEvent at(LogPosition position, String eventId) {
    return requireNonNull(LogEvent.of(position, body(eventId)));
  }

  static byte[] body(String eventId) {
    return Envelope.body(
        new Event(
            new EventId(eventId),
            new EventType("call.incoming"),
            TENANT,
            Instant.EPOCH,
            null,
            null,
            null,
            Payload.ofNormalised("{}".getBytes(StandardCharsets.UTF_8))));
  }
}
