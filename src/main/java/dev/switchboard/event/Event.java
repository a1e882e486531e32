package dev.switchboard.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event of one tenant, as accepted from a producer.
 *
 * @param id the same in retries
 * @param timestamp when it was accepted, to the millisecond
 * @param sender the person who published it; null if a service or the server did
 * @param keep the state that it sets or ends; null for most events
 * @param user set if only that user may receive it
 * @param topic set if it is published on that channel instead of a standard one
 * @param chatSession the web chat it belongs to, if any
 */
public record Event(
    EventId id,
    EventType type,
    TenantId tenant,
    Instant timestamp,
    @Nullable Sender sender,
    @Nullable Keep keep,
    @Nullable UserId user,
    @Nullable Topic topic,
    @Nullable ChatSessionId chatSession,
    Payload payload) {

  /** An event of a service or of the server that is not kept. */
  public Event(
      EventId id,
      EventType type,
      TenantId tenant,
      Instant timestamp,
      @Nullable UserId user,
      @Nullable Topic topic,
      @Nullable ChatSessionId chatSession,
      Payload payload) {
    this(id, type, tenant, timestamp, null, null, user, topic, chatSession, payload);
  }

  /**
   * The log that contains it; a live-only event is in no log, but is routed like events of this
   * one.
   */
  public LogId log() {
    return new LogId(tenant, topic);
  }
}
