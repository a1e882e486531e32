package dev.switchboard.webhooks.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.fuzz.AnsweredRow;
import dev.switchboard.fuzz.FuzzTarget;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Claimed rows of {@code webhook_deliveries} as plain SQL can write them: tenant, event id, type
 * and envelope are the parts of an input. Each row becomes a delivery of an envelope, or is
 * reported as unreadable.
 */
class DeliveryRowFuzzTest extends FuzzTarget {
  private static final OffsetDateTime TIME = OffsetDateTime.parse("2026-11-29T12:00:00Z");

  @Override
  protected void check(byte[] input) {
    Row row = row(parts(input, 4));

    DeliveryRow.Claimed claimed = DeliveryRow.readable(List.of(row, row), 0);

    assertThat(claimed.deliveries().size() + claimed.unreadable().size()).isEqualTo(2);
    for (ClaimedDelivery delivery : claimed.deliveries()) {
      EnvelopeHead head = EnvelopeHead.scan(Envelope.withoutPosition(delivery.envelope()));
      assertThat(head).isNotNull();
      assertThat(delivery.traced().event()).isEqualTo(delivery.event());
    }
  }

  private static Row row(List<String> parts) {
    Map<String, Object> values = new HashMap<>();
    values.put("id", 1L);
    values.put("claim_token", new UUID(1, 2));
    values.put("webhook_id", 3L);
    values.put("tenant_id", parts.get(0));
    values.put("event_id", parts.get(1));
    values.put("event", parts.get(2));
    values.put("envelope", parts.get(3));
    values.put("accepted_at", TIME);
    values.put("attempt", 1);
    values.put("failures", 0);
    values.put("minted", true);
    values.put("undecided", false);
    values.put("called", false);
    values.put("ordered", false);
    values.put("lease_ms", 1_000L);
    return AnsweredRow.of(values);
  }
}
