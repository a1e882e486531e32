package dev.switchboard.webhooks.report;

import dev.switchboard.bus.WebhookSignal;
import dev.switchboard.event.TenantId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** What this node tells the others about webhooks. At most once: what can't be told now is lost. */
public interface Peers {
  /** Sends an attempt to the sessions that follow the webhook's attempts. */
  void attempted(TenantId tenant, long webhook, JsonObject message);

  /**
   * Sends word of attempts that were left out to all sessions that follow the tenant's attempts.
   */
  void attemptsMissed(TenantId tenant, JsonObject message);

  /** Sends a hint to every node, this one included. */
  void send(WebhookSignal signal);

  /** Tells nothing more. */
  Future<Void> close();
}
