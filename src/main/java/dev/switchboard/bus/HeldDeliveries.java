package dev.switchboard.bus;

import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import java.util.List;
import java.util.UUID;

/**
 * The deliveries of one event, stored in the {@link Outbox} and not to be started before the event
 * is published.
 *
 * @param token claim of every row
 * @param total deliveries of the event in all, with those that an earlier call stored
 * @param repeated whether an earlier call with the same event id stored them
 * @param deliveries the rows that this claim holds
 */
public record HeldDeliveries(
    TenantId tenant,
    EventId event,
    UUID token,
    int total,
    boolean repeated,
    List<ClaimedDelivery> deliveries) {
  public HeldDeliveries {
    deliveries = List.copyOf(deliveries);
  }
}
