package dev.switchboard.webhooks.queue;

import dev.switchboard.event.TenantId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The maximum number of deliveries that a claim may take.
 *
 * @param total in all
 * @param perWebhook of each webhook that is not in {@code webhooks}
 * @param perTenant of each tenant that is not in {@code tenants}
 */
public record ClaimBudget(
    int total,
    int perWebhook,
    int perTenant,
    Map<Long, Integer> webhooks,
    Map<TenantId, Integer> tenants) {
  public ClaimBudget {
    webhooks = Map.copyOf(webhooks);
    tenants = Map.copyOf(tenants);
  }

  /** The same budget, without the deliveries of {@code excluded} webhooks. */
  public ClaimBudget without(Set<Long> excluded) {
    if (excluded.isEmpty()) {
      return this;
    }
    Map<Long, Integer> limited = new HashMap<>(webhooks);
    excluded.forEach(webhook -> limited.put(webhook, 0));
    return new ClaimBudget(total, perWebhook, perTenant, limited, tenants);
  }

  public int of(long webhook) {
    return webhooks.getOrDefault(webhook, perWebhook);
  }

  public int of(TenantId tenant) {
    return tenants.getOrDefault(tenant, perTenant);
  }
}
