package dev.switchboard.webhooks.queue;

import dev.switchboard.event.TenantId;
import java.util.Map;

/**
 * How many deliveries a claim may take.
 *
 * @param total of all
 * @param perWebhook of a webhook that is not named
 * @param perTenant of a tenant that is not named
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
