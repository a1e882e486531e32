package dev.switchboard.webhooks.queue;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.event.TenantId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Remembers which webhooks probably have more due deliveries in the store than this node claimed,
 * so that it looks there when their calls end, and only then. Belongs to one event loop.
 */
final class Backlog {
  private final Set<Long> webhooks = new HashSet<>();

  /** Notes that a delivery of {@code webhook} went back to the store. */
  void add(long webhook) {
    webhooks.add(webhook);
  }

  /** Whether {@code webhook} probably has due deliveries in the store. */
  boolean has(long webhook) {
    return webhooks.contains(webhook);
  }

  /**
   * Updates the backlog after a claim: a webhook that used up its budget probably has more, the
   * others have none.
   */
  void claimed(List<ClaimedDelivery> deliveries, ClaimBudget claimBudget) {
    Map<Long, Integer> ofWebhook = new HashMap<>();
    Map<TenantId, Integer> ofTenant = new HashMap<>();
    for (ClaimedDelivery delivery : deliveries) {
      ofWebhook.merge(delivery.webhook(), 1, Integer::sum);
      ofTenant.merge(delivery.tenant(), 1, Integer::sum);
    }
    if (deliveries.size() < claimBudget.total()) {
      webhooks.removeIf(webhook -> claimBudget.of(webhook) > 0);
    }
    for (ClaimedDelivery delivery : deliveries) {
      boolean more =
          deliveries.size() >= claimBudget.total()
              || ofWebhook.getOrDefault(delivery.webhook(), 0) >= claimBudget.of(delivery.webhook())
              || ofTenant.getOrDefault(delivery.tenant(), 0) >= claimBudget.of(delivery.tenant());
      if (more) {
        webhooks.add(delivery.webhook());
      }
    }
  }
}
