package dev.switchboard.bus;

import dev.switchboard.event.TenantId;

/**
 * What a node told all nodes about webhooks; a hint, at most once.
 *
 * @param webhook 0 where the kind speaks of none
 * @param delivery 0: all of the webhook's
 */
public record WebhookSignal(Kind kind, TenantId tenant, long webhook, long delivery) {

  /** What is told. */
  public enum Kind {
    /** Somebody follows the tenant's attempts; said again while that is so. */
    TAIL_WANTED,
    /** What a webhook is owed was cancelled. */
    CANCELLED
  }
}
