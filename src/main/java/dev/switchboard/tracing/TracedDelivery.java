package dev.switchboard.tracing;

import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import java.time.Instant;

/**
 * A webhook delivery, as its spans describe it.
 *
 * @param id the same in every attempt, on every node
 * @param webhook id of the webhook
 * @param acceptedAt when the server accepted the event
 * @param envelope the event from {@code "event_id"} on, which carries the trace
 */
public record TracedDelivery(
    long id,
    long webhook,
    TenantId tenant,
    EventId event,
    EventType type,
    Instant acceptedAt,
    byte[] envelope) {}
