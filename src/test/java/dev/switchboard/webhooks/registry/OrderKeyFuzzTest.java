package dev.switchboard.webhooks.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.Payload;
import dev.switchboard.event.TenantId;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.JsonTrees;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** What orders deliveries, and payloads to find it in: every event has a key that can be stored. */
class OrderKeyFuzzTest extends FuzzTarget {
  private static final int MAX_LENGTH = 200;
  private static final Event EVENT =
      new Event(
          new EventId("e"),
          new EventType("call.incoming"),
          new TenantId("tenant-123"),
          Instant.EPOCH,
          null,
          null,
          null,
          Payload.ofNormalised("{}".getBytes(StandardCharsets.US_ASCII)));

  @Override
  protected void check(byte[] input) {
    List<String> parts = parts(input, 2);
    OrderKey orderKey;
    try {
      orderKey = new OrderKey(parts.get(0));
    } catch (IllegalArgumentException refused) {
      assertThat(refused).message().isNotEmpty();
      return;
    }
    JsonTrees.read(parts.get(1).getBytes(StandardCharsets.UTF_8))
        .ifPresent(payload -> checkKey(orderKey.of(EVENT, payload.value())));
  }

  private static void checkKey(String key) {
    assertThat(key).hasSizeLessThanOrEqualTo(MAX_LENGTH);
    assertThat(key).doesNotContain("\0");
  }
}
