package dev.switchboard.bus;

import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.Keep;
import dev.switchboard.event.LogId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An accepted event that is perhaps not published: its deliveries are held, and the outcome of its
 * publication was not reported.
 *
 * @param log where it is published
 * @param keep the state that it sets or ends; null for most events
 * @param body its envelope behind the position, from {@code "event_id"} on
 * @param deliveries deliveries stored when it was accepted
 * @param minted whether the server made the event id, not the producer
 */
public record Republication(
    LogId log,
    EventType type,
    EventId event,
    @Nullable Keep keep,
    Instant acceptedAt,
    byte[] body,
    int deliveries,
    boolean minted) {

  /** The same event, which keeps no state; {@code plain} is its envelope without those members. */
  public Republication withoutKeep(byte[] plain) {
    return new Republication(log, type, event, null, acceptedAt, plain, deliveries, minted);
  }
}
