package dev.switchboard.bus;

import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import io.vertx.core.json.JsonObject;

/**
 * Publishes events about webhooks ({@code webhook.…}) to their tenants. At most once: a notice that
 * can't be published is logged and lost.
 */
public interface WebhookNotices {
  /** Publishes {@code notice}; callable from every thread. */
  void publish(Notice notice);

  /** Something that happened to a webhook. */
  record Notice(TenantId tenant, EventType type, JsonObject payload) {
    /** The notice {@code webhook.<what>} about the webhook with the id {@code webhook}. */
    public static Notice of(TenantId tenant, String what, long webhook) {
      return new Notice(
          tenant, new EventType("webhook." + what), new JsonObject().put("webhook_id", webhook));
    }

    /** The same notice with one more member in its payload. */
    public Notice with(String member, Object value) {
      return new Notice(tenant, type, payload.copy().put(member, value));
    }
  }
}
