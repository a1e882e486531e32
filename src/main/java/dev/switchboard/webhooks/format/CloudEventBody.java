package dev.switchboard.webhooks.format;

import dev.switchboard.event.Envelope;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A CloudEvents 1.0 event in structured JSON mode, with the attributes that ingest reads: {@code
 * subject} is the user, the extension {@code tenantid} the tenant.
 */
final class CloudEventBody {
  private static final String CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8";

  private CloudEventBody() {}

  static RequestBody of(DeliveredEvent event) {
    JsonObject attributes =
        new JsonObject()
            .put("specversion", "1.0")
            .put("id", event.id().value())
            .put("source", "/tenants/" + event.tenant())
            .put("type", event.type().value())
            .put("time", Envelope.formatTimestamp(event.acceptedAt()))
            .put("datacontenttype", "application/json")
            .put("tenantid", event.tenant().value());
    JsonObject head = event.head();
    putIfSet(attributes, "subject", head.getString("user_id"));
    putIfSet(attributes, "sessionid", head.getString("session_id"));
    putIfSet(attributes, "topic", head.getString("topic"));
    JsonObject sender = head.getJsonObject("sender");
    if (sender != null) {
      putIfSet(attributes, "senderkind", sender.getString("kind"));
      putIfSet(attributes, "senderid", sender.getString("id"));
    }
    String members = attributes.encode();
    String body =
        members.substring(0, members.length() - 1)
            + ",\"data\":"
            + new String(event.payload(), StandardCharsets.UTF_8)
            + "}";
    return new RequestBody(CONTENT_TYPE, body.getBytes(StandardCharsets.UTF_8));
  }

  private static void putIfSet(JsonObject target, String name, @Nullable String value) {
    if (value != null) {
      target.put(name, value);
    }
  }
}
