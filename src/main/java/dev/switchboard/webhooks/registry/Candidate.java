package dev.switchboard.webhooks.registry;

import dev.switchboard.webhooks.registry.Webhook.Match;
import java.util.function.BooleanSupplier;

/**
 * A webhook that may be owed an event of some type.
 *
 * @param byType whether it subscribes to the type; never {@link Match#NO}
 */
public record Candidate(Webhook webhook, Match byType) {
  /**
   * Whether it is owed the event.
   *
   * @param accepted whether its filter accepts the payload, asked if that can be known
   */
  public Match matches(BooleanSupplier accepted) {
    return webhook.byPayload(byType, accepted);
  }
}
