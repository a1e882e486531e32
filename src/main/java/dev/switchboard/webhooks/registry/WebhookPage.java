package dev.switchboard.webhooks.registry;

import java.util.List;

/**
 * Some webhooks in the order of their ids.
 *
 * @param more whether others follow
 */
public record WebhookPage(List<SavedWebhook> webhooks, boolean more) {
  public WebhookPage {
    webhooks = List.copyOf(webhooks);
  }
}
