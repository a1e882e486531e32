package dev.switchboard.webhooks.format;

import io.vertx.core.json.JsonObject;

/** The standard body with the identity of the event in it, for receivers that want it signed. */
final class ExtendedBody {
  private ExtendedBody() {}

  static RequestBody of(DeliveredEvent event) {
    JsonObject context =
        event.putContext(
            new JsonObject()
                .put("event_id", event.id().value())
                .put("tenant_id", event.tenant().value()));
    String members = context.encode();
    return new RequestBody(
        RequestBody.JSON,
        StandardBody.bytes(event, "," + members.substring(1, members.length() - 1)));
  }
}
