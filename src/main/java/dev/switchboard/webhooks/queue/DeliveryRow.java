package dev.switchboard.webhooks.queue;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.TenantId;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Reads claimed rows of {@code webhook_deliveries}, which every statement calls {@code d}. */
final class DeliveryRow {
  /** The end of every statement that claims rows. */
  static final String CLAIMED =
      """
      RETURNING d.id, d.claim_token, d.webhook_id, d.tenant_id, d.event_id, d.event, d.envelope, d.minted,
      d.accepted_at, d.attempt, d.failures, d.undecided, d.called,
      d.order_key IS NOT NULL AS ordered,
      (extract(epoch FROM d.lease_until - clock_timestamp()) * 1000)::bigint AS lease_ms\
      """;

  private DeliveryRow() {}

  /**
   * Claimed rows.
   *
   * @param unreadable rows without a valid event, such as one changed by plain SQL
   */
  record Claimed(List<ClaimedDelivery> deliveries, List<Claim> unreadable) {}

  /** The proof that this node has claimed a row. */
  record Claim(long id, UUID token) {}

  /** Reads rows that were just written from events. */
  static List<ClaimedDelivery> all(RowSet<Row> rows, long asked) {
    List<ClaimedDelivery> deliveries = new ArrayList<>(rows.size());
    for (Row row : rows) {
      deliveries.add(delivery(row, asked));
    }
    return deliveries;
  }

  /** Reads rows that other programs may have written with plain SQL. */
  static Claimed readable(Iterable<Row> rows, long asked) {
    List<ClaimedDelivery> deliveries = new ArrayList<>();
    List<Claim> unreadable = new ArrayList<>();
    for (Row row : rows) {
      try {
        ClaimedDelivery delivery = delivery(row, asked);
        if (EnvelopeHead.scan(Envelope.withoutPosition(delivery.envelope())) != null) {
          deliveries.add(delivery);
          continue;
        }
      } catch (InvalidNameException malformed) {
        // The log of attempts gets a row about it.
      }
      unreadable.add(new Claim(row.getLong("id"), row.getUUID("claim_token")));
    }
    return new Claimed(deliveries, unreadable);
  }

  /** The lease is counted from before the statement was sent, so that it never seems longer. */
  private static ClaimedDelivery delivery(Row row, long asked) {
    return new ClaimedDelivery(
        row.getLong("id"),
        row.getUUID("claim_token"),
        row.getLong("webhook_id"),
        new TenantId(row.getString("tenant_id")),
        new EventId(row.getString("event_id")),
        new EventType(row.getString("event")),
        row.getOffsetDateTime("accepted_at").toInstant(),
        row.getInteger("attempt"),
        row.getInteger("failures"),
        row.getBoolean("minted"),
        row.getBoolean("undecided"),
        row.getBoolean("called"),
        row.getBoolean("ordered"),
        row.getString("envelope").getBytes(StandardCharsets.UTF_8),
        asked + TimeUnit.MILLISECONDS.toNanos(row.getLong("lease_ms")));
  }
}
