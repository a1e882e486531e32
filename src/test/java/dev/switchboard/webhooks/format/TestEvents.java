package dev.switchboard.webhooks.format;

import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import io.vertx.core.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Events to make bodies of. */
final class TestEvents {
  static final Instant TIME = Instant.parse("2026-11-29T09:30:00.123Z");

  private TestEvents() {}

  static DeliveredEvent event(String type, @Nullable Object payload) {
    return event(type, "", payload);
  }

  /** With further members of the envelope's head, such as {@code "user_id":"7"}. */
  static DeliveredEvent event(String type, String members, @Nullable Object payload) {
    String envelope =
        "\"event_id\":\"e-1\",\"type\":\""
            + type
            + "\",\"tenant_id\":\"tenant-123\",\"timestamp\":\"2026-11-29T09:30:00.123Z\""
            + (members.isEmpty() ? "" : "," + members)
            + ",\"payload\":"
            + Json.encode(payload)
            + "}";
    return new DeliveredEvent(
        new EventId("e-1"),
        new EventType(type),
        new TenantId("tenant-123"),
        TIME,
        envelope.getBytes(StandardCharsets.UTF_8));
  }

  static String body(WebhookFormat format, DeliveredEvent event) {
    return text(new BodyFormatter(LinkTemplate.NONE).format(format, null, event));
  }

  static String text(RequestBody body) {
    return new String(body.bytes(), StandardCharsets.UTF_8);
  }
}
