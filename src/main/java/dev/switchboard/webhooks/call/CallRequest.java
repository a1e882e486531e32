package dev.switchboard.webhooks.call;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.format.DeliveredEvent;
import java.time.Instant;

/**
 * One attempt to call a webhook with an event: everything that the receiver sees of a delivery.
 *
 * @param webhook its id; 0 if it is not saved
 * @param attempt number of the attempt, from 1
 * @param envelope the event from {@code "event_id"} on
 */
public record CallRequest(
    long webhook,
    TenantId tenant,
    EventId event,
    EventType type,
    Instant acceptedAt,
    int attempt,
    byte[] envelope) {
  /** The attempt for which {@code delivery} is claimed. */
  public static CallRequest of(ClaimedDelivery delivery) {
    return new CallRequest(
        delivery.webhook(),
        delivery.tenant(),
        delivery.event(),
        delivery.type(),
        delivery.acceptedAt(),
        delivery.attempt(),
        delivery.envelope());
  }

  /** The event, as a body is made of it. */
  DeliveredEvent deliveredEvent() {
    return new DeliveredEvent(event, type, tenant, acceptedAt, envelope);
  }
}
