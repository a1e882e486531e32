package dev.switchboard.bus;

import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import java.util.List;
import java.util.UUID;

/**
 * What one event owes, committed but not to be started before the event is published.
 *
 * @param token claim of every row
 * @param owed deliveries the event owes in all, also those that an earlier call committed
 * @param repeated whether an earlier call with the same event id committed them
 * @param deliveries the rows that this claim holds
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
