package dev.switchboard.bus;

import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import java.util.List;
import java.util.UUID;

/**
 * The deliveries of one event, committed but not to be started before the event is published.
 *
 * @param token of the claim on every delivery
 * @param owed number of the event's deliveries, including those that an earlier call committed
 * @param repeated whether an earlier call with the same event id committed them
 * @param deliveries those that this claim holds
 */
public record HeldDeliveries(
    TenantId tenant,
    EventId event,
    UUID token,
    int owed,
    boolean repeated,
    List<ClaimedDelivery> deliveries) {
  public HeldDeliveries {
    deliveries = List.copyOf(deliveries);
  }
}
