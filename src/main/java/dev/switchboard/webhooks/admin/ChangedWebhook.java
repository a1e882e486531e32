package dev.switchboard.webhooks.admin;

import dev.switchboard.config.Secret;
import dev.switchboard.webhooks.registry.SavedWebhook;
import java.util.List;

/**
 * A webhook after a change.
 *
 * @param newSecret to show this once; {@link Secret#NONE} if the change made no secret
 * @param warnings about its settings, for its owner
 */
public record ChangedWebhook(SavedWebhook webhook, Secret newSecret, List<String> warnings) {
  public ChangedWebhook {
    warnings = List.copyOf(warnings);
  }
}
