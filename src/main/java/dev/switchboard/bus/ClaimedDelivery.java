package dev.switchboard.bus;

import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import dev.switchboard.tracing.TracedDelivery;
import java.time.Instant;
import java.util.UUID;

/**
 * The delivery of one event to one webhook, claimed by this node for one attempt.
 *
 * @param id of the row in the queue
 * @param token proves the claim; without it no outcome is recorded
 * @param attempt number of the attempt, from 1
 * @param failures failed attempts so far that count as retries
 * @param minted whether the server made the event id
 * @param undecided whether it is decided by the webhook's row, when it is called, if it is owed
 * @param called whether it counts as called already, so that nothing need be written before the
 *     call
 * @param ordered whether the next delivery of the same key waits for the end of this one
 * @param envelope the event from {@code "event_id"} on
 * @param claimEnds {@link System#nanoTime} until which the claim certainly holds
 */
public record ClaimedDelivery(
    long id,
    UUID token,
    long webhook,
    TenantId tenant,
    EventId event,
    EventType type,
    Instant acceptedAt,
    int attempt,
    int failures,
    boolean minted,
    boolean undecided,
    boolean called,
    boolean ordered,
    byte[] envelope,
    long claimEnds) {
  /** The delivery, as its spans describe it. */
  public TracedDelivery traced() {
    return new TracedDelivery(id, webhook, tenant, event, type, acceptedAt, envelope);
  }
}
