package dev.switchboard.bus;

import dev.switchboard.event.TenantId;

/** A hint about webhooks that one node sends to all nodes, at most once. */
public sealed interface WebhookSignal {
  TenantId tenant();

  /** A session follows the attempts at the tenant's webhooks; repeated while that is true. */
  record AttemptsWanted(TenantId tenant) implements WebhookSignal {}

  /** One pending delivery of a webhook was cancelled. */
  record DeliveryCancelled(TenantId tenant, long webhook, long delivery) implements WebhookSignal {}

  /** The receiver of a webhook answered a test call. */
  record ReceiverAnswered(TenantId tenant, long webhook) implements WebhookSignal {}

  /** All pending deliveries of a webhook were cancelled. */
  record DeliveriesCancelled(TenantId tenant, long webhook) implements WebhookSignal {}
}
