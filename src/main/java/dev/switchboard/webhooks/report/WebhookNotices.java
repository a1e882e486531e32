package dev.switchboard.webhooks.report;

import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import io.vertx.core.json.JsonObject;

/**
 * Tells a tenant what became of its webhooks, as events of types {@code webhook.…}. At most once:
 * what can't be published is logged and lost.
 */
public interface WebhookNotices {
  /** Publishes; callable from every thread. */
  void publish(Notice notice);

  /** One thing that happened to a webhook. */
  record Notice(TenantId tenant, EventType type, JsonObject payload) {
    public static Notice of(TenantId tenant, String what, long webhook) {
      return new Notice(
          tenant, new EventType("webhook." + what), new JsonObject().put("webhook_id", webhook));
    }

    public Notice with(String member, Object value) {
      return new Notice(tenant, type, payload.copy().put(member, value));
    }
  }
}
