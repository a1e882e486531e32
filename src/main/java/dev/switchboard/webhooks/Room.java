package dev.switchboard.webhooks;

import dev.switchboard.event.TenantId;
import java.util.Map;

/**
 * How many deliveries a claim may take.
 *
 * @param total of all
 * @param perWebhook of a webhook that is not named
 * @param perTenant of a tenant that is not named
 */
record Room(
    int total,
    int perWebhook,
    int perTenant,
    Map<Long, Integer> webhooks,
    Map<TenantId, Integer> tenants) {
  Room {
    webhooks = Map.copyOf(webhooks);
    tenants = Map.copyOf(tenants);
  }

  int of(long webhook) {
    return webhooks.getOrDefault(webhook, perWebhook);
  }

  int of(TenantId tenant) {
    return tenants.getOrDefault(tenant, perTenant);
  }
}
