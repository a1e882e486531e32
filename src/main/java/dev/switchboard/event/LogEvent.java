package dev.switchboard.event;

import org.jspecify.annotations.Nullable;

/**
 * An event of a log.
 *
 * @param head the head of the envelope
 * @param envelope the whole envelope as sockets get it; shared, never written to
 */
public record LogEvent(LogPosition position, EnvelopeHead head, byte[] envelope) {
  /** Makes the event at a position from its envelope's body; null if that has another form. */
  public static @Nullable LogEvent of(LogPosition position, byte[] body) {
    byte[] envelope = Envelope.at(position, body);
    EnvelopeHead head = EnvelopeHead.scan(envelope);
    return head == null ? null : new LogEvent(position, head, envelope);
  }
}
