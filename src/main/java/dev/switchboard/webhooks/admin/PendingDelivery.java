package dev.switchboard.webhooks.admin;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that has not ended.
 *
 * @param attempt number of the last attempt, from 1; 0 before the first
 * @param failures attempts that used up a retry
 * @param requeued whether a caller had it queued again, behind live traffic
 * @param dueAt null unless it waits for a time
 */
public record PendingDelivery(
    long id,
    String eventId,
    String event,
    String state,
    int attempt,
    int failures,
    boolean requeued,
    boolean cancelled,
    Instant acceptedAt,
    @Nullable Instant dueAt) {

  /**
   * Pending deliveries in the order of their ids.
   *
   * @param next the id behind which the next page begins; null if there is none
   */
  public record Page(List<PendingDelivery> deliveries, @Nullable Long next) {
    public Page {
      deliveries = List.copyOf(deliveries);
    }
  }
}
