package dev.switchboard.webhooks.queue;

import dev.switchboard.event.Event;
import dev.switchboard.webhooks.registry.OrderKey;
import dev.switchboard.webhooks.registry.Webhook;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event to store in the outbox, with the webhooks that want it.
 *
 * @param body its envelope behind the position
 * @param payload parsed, if any of the webhooks looks into it
 */
record OutboxEntry(
    Event event, byte[] body, boolean minted, List<Webhook> webhooks, @Nullable Object payload) {
  OutboxEntry {
    webhooks = List.copyOf(webhooks);
  }

  /** The key that orders the event's delivery to {@code webhook}; null if its order is free. */
  @Nullable String orderKey(Webhook webhook) {
    OrderKey orderBy = webhook.options().orderBy();
    return orderBy == null ? null : orderBy.of(event, payload);
  }
}
