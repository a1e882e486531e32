package dev.switchboard.webhooks.queue;

import dev.switchboard.event.TenantId;
import java.util.Map;

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

  public int of(long webhook) {
    return webhooks.getOrDefault(webhook, perWebhook);
  }

  public int of(TenantId tenant) {
    return tenants.getOrDefault(tenant, perTenant);
  }
}
