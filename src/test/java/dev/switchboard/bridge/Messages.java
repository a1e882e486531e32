package dev.switchboard.bridge;

import static java.util.Objects.requireNonNull;

import dev.switchboard.bridge.LogOrder.Message;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Payload;
import dev.switchboard.event.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Events of one tenant's log, for tests. */
final class Messages {
  static final TenantId TENANT = new TenantId("tenant-123");

  private Messages() {}

  /** The event that stands at that place. */
  static Message at(LogPosition place) {
    return at(place, "event-" + place.offset());
  }

  static Message at(LogPosition place, String eventId) {
    byte[] envelope = Envelope.at(place, tail(eventId));
    return new Message(place, requireNonNull(EnvelopeHead.scan(envelope)), envelope);
  }

  static byte[] tail(String eventId) {
    return Envelope.tail(
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
