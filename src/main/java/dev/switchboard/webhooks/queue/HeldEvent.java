package dev.switchboard.webhooks.queue;

import dev.switchboard.event.Event;
import dev.switchboard.webhooks.registry.OrderKey;
import dev.switchboard.webhooks.registry.Webhook;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event to be committed together with the webhooks it is owed to.
 *
 * @param payload parsed, if any of the webhooks looks into it
 */
record HeldEvent(
    Event event, byte[] tail, boolean minted, List<Webhook> webhooks, @Nullable Object payload) {
  HeldEvent {
    webhooks = List.copyOf(webhooks);
  }

  /** What orders its delivery to that webhook; null if nothing does. */
  @Nullable String orderKey(Webhook webhook) {
    OrderKey orderBy = webhook.options().orderBy();
    return orderBy == null ? null : orderBy.of(event, payload);
  }
}
