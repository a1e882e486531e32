package dev.switchboard.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in one tenant, as accepted from a producer.
 *
 * @param id identity over retries
 * @param timestamp moment of acceptance, to the millisecond
 * @param user set if only that user may get it
 * @param topic set if it goes to that channel instead of a standard one
 * @param chatSession the web chat it belongs to
 */
public record Event(
    EventId id,
    EventType type,
    TenantId tenant,
    Instant timestamp,
    @Nullable UserId user,
    @Nullable Topic topic,
    @Nullable ChatSessionId chatSession,
    Payload payload) {

  /** The log it has its place in; a live-only event has none but is routed the same way. */
  public LogId log() {
    return new LogId(tenant, topic);
  }
}
