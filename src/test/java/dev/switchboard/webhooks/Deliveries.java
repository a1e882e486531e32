package dev.switchboard.webhooks;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;

/** Claimed deliveries, for tests. */
public final class Deliveries {
  private Deliveries() {}

  public static ClaimedDelivery claimed(long id, long webhook) {
    return claimed(id, webhook, "{\"a\":1}");
  }

  public static ClaimedDelivery claimed(long id, long webhook, String payload) {
    return claimed(id, webhook, new TenantId("tenant-123"), payload);
  }

  public static ClaimedDelivery claimed(long id, long webhook, TenantId tenant) {
    return claimed(id, webhook, tenant, "{\"a\":1}");
  }

  private static ClaimedDelivery claimed(long id, long webhook, TenantId tenant, String payload) {
    String body = "\"event_id\":\"e-1\",\"type\":\"call.incoming\",\"payload\":" + payload + "}";
    return new ClaimedDelivery(
        id,
        new UUID(0, id),
        webhook,
        tenant,
        new EventId("e-1"),
        new EventType("call.incoming"),
        Instant.ofEpochMilli(1_729_866_000_999L),
        1,
        0,
        false,
        false,
        true,
        false,
        body.getBytes(StandardCharsets.UTF_8),
        0);
  }
}
