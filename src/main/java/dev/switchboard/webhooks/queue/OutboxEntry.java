package dev.switchboard.webhooks.queue;

import dev.switchboard.event.Event;
import dev.switchboard.webhooks.registry.Webhook;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event to store in the outbox, with its deliveries.
 *
 * @param body its envelope behind the position
 */
record OutboxEntry(Event event, byte[] body, boolean minted, List<Owed> deliveries) {
  OutboxEntry {
    deliveries = List.copyOf(deliveries);
  }

  /**
   * A delivery of the event.
   *
   * @param orderKey deliveries of the same key go one after the other; null if the order is free
   * @param undecided whether the webhook's row does not tell yet if the delivery is owed
   */
  record Owed(Webhook webhook, @Nullable String orderKey, boolean undecided) {}
}
