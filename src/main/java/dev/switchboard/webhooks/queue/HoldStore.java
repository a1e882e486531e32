package dev.switchboard.webhooks.queue;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.bus.HeldDeliveries;
import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.Database;
import dev.switchboard.webhooks.registry.Webhook;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What accepted events owe, from its commit until the event's fate is known: held rows, and {@code
 * accepted_events}, which makes a repeat of an event owe nothing twice. Usable from every event
 * loop.
 */
public final class HoldStore {
  private static final Duration MAX_TIMEOUT = Duration.ofMinutes(2);

  private static final String HOLD =
      """
      WITH events AS (
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[],
                             $6::timestamptz[], $7::int[])
          WITH ORDINALITY AS e(tenant_id, event_id, event, envelope, minted, accepted_at, deliveries, ord)
      ), accepted AS (
        INSERT INTO accepted_events (tenant_id, event_id, deliveries)
        SELECT tenant_id, event_id, deliveries FROM events ORDER BY tenant_id, event_id
        ON CONFLICT DO NOTHING
        RETURNING tenant_id, event_id
      )
      INSERT INTO webhook_deliveries AS d
        (webhook_id, tenant_id, event_id, event, envelope, minted, accepted_at,
         state, attempt, claim_token, lease_until, order_key)
      SELECT o.webhook_id, e.tenant_id, e.event_id, e.event, e.envelope, e.minted, e.accepted_at,
             'held', 1, $10::uuid, clock_timestamp() + o.lease_ms * interval '1 ms', o.order_key
      FROM unnest($8::bigint[], $9::bigint[], $11::bigint[], $12::text[])
        AS o(ord, webhook_id, lease_ms, order_key)
      JOIN events e USING (ord)
      JOIN accepted a ON a.tenant_id = e.tenant_id AND a.event_id = e.event_id
      ORDER BY o.ord, o.webhook_id
      """
          + DeliveryRow.CLAIMED;

  /** Rows that an earlier call withdrew come to life again under the new token. */
  private static final String REVIVE =
      """
      UPDATE webhook_deliveries d
      SET state = 'held', attempt = 1, claim_token = $3,
          lease_until = clock_timestamp() + $4 * interval '1 ms'
      WHERE d.tenant_id = $1 AND d.event_id = $2 AND d.state = 'withdrawn'
      """
          + DeliveryRow.CLAIMED;

  /** After publishing: what earlier calls still hold can't have been started by them. */
  private static final String TAKE_OVER =
      """
      UPDATE webhook_deliveries d
      SET state = 'held', attempt = 1, claim_token = $3,
          lease_until = clock_timestamp() + $4 * interval '1 ms'
      WHERE d.tenant_id = $1 AND d.event_id = $2 AND d.state IN ('held', 'withdrawn')
        AND d.claim_token IS DISTINCT FROM $3
      """
          + DeliveryRow.CLAIMED;

  private static final String OWED =
      "SELECT deliveries FROM accepted_events WHERE tenant_id = $1 AND event_id = $2";

  private static final String WITHDRAW =
      """
      UPDATE webhook_deliveries
      SET state = 'withdrawn', claim_token = NULL, lease_until = NULL
      WHERE tenant_id = $1 AND event_id = $2 AND claim_token = $3 AND state = 'held'""";

  private static final String FORGET =
      """
      WITH gone AS (
        DELETE FROM webhook_deliveries
        WHERE tenant_id = $1 AND event_id = $2 AND claim_token = $3 AND state = 'held' RETURNING id)
      DELETE FROM accepted_events
      WHERE tenant_id = $1 AND event_id = $2 AND EXISTS (SELECT FROM gone)""";

  private final Database database;
  private final long leaseMarginMillis;

  HoldStore(Database database, Duration leaseMargin) {
    this.database = database;
    this.leaseMarginMillis = leaseMargin.toMillis();
  }

  /** Commits events and what they owe; an event that an earlier call committed is answered so. */
  Future<List<HeldDeliveries>> hold(List<HeldEvent> events) {
    UUID token = UUID.randomUUID();
    long asked = System.nanoTime();
    return database
        .query(HOLD, holdParameters(events, token))
        .compose(
            rows -> {
              Map<Map.Entry<TenantId, EventId>, List<ClaimedDelivery>> fresh = new HashMap<>();
              for (ClaimedDelivery delivery : DeliveryRow.all(rows, asked)) {
                fresh
                    .computeIfAbsent(
                        Map.entry(delivery.tenant(), delivery.event()), k -> new ArrayList<>())
                    .add(delivery);
              }
              List<Future<HeldDeliveries>> answers = new ArrayList<>(events.size());
              for (HeldEvent heldEvent : events) {
                Event event = heldEvent.event();
                List<ClaimedDelivery> rowsOf = fresh.remove(Map.entry(event.tenant(), event.id()));
                answers.add(
                    rowsOf == null
                        ? revive(event, token)
                        : Future.succeededFuture(
                            new HeldDeliveries(
                                event.tenant(), event.id(), token, rowsOf.size(), false, rowsOf)));
              }
              return Future.all(answers).map(all -> all.<HeldDeliveries>list());
            });
  }

  private Tuple holdParameters(List<HeldEvent> events, UUID token) {
    int count = events.size();
    String[] tenants = new String[count];
    String[] ids = new String[count];
    String[] types = new String[count];
    String[] envelopes = new String[count];
    Boolean[] minted = new Boolean[count];
    OffsetDateTime[] acceptedAt = new OffsetDateTime[count];
    Integer[] deliveries = new Integer[count];
    List<Long> ordinals = new ArrayList<>();
    List<Long> webhooks = new ArrayList<>();
    List<Long> leases = new ArrayList<>();
    List<@Nullable String> orderKeys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      HeldEvent heldEvent = events.get(i);
      Event event = heldEvent.event();
      tenants[i] = event.tenant().value();
      ids[i] = event.id().value();
      types[i] = event.type().value();
      envelopes[i] = new String(heldEvent.tail(), StandardCharsets.UTF_8);
      minted[i] = heldEvent.minted();
      acceptedAt[i] = event.timestamp().atOffset(ZoneOffset.UTC);
      deliveries[i] = heldEvent.webhooks().size();
      for (Webhook webhook : heldEvent.webhooks()) {
        ordinals.add(i + 1L);
        webhooks.add(webhook.id());
        leases.add(webhook.timeout().toMillis() + leaseMarginMillis);
        orderKeys.add(heldEvent.orderKey(webhook));
      }
    }
    return Tuple.tuple()
        .addArrayOfString(tenants)
        .addArrayOfString(ids)
        .addArrayOfString(types)
        .addArrayOfString(envelopes)
        .addArrayOfBoolean(minted)
        .addArrayOfOffsetDateTime(acceptedAt)
        .addArrayOfInteger(deliveries)
        .addArrayOfLong(ordinals.toArray(Long[]::new))
        .addArrayOfLong(webhooks.toArray(Long[]::new))
        .addUUID(token)
        .addArrayOfLong(leases.toArray(Long[]::new))
        .addArrayOfString(orderKeys.toArray(String[]::new));
  }

  private Future<HeldDeliveries> revive(Event event, UUID token) {
    Tuple identity = Tuple.of(event.tenant().value(), event.id().value());
    return database
        .query(OWED, identity)
        .map(rows -> rows.size() == 0 ? 0 : rows.iterator().next().getInteger("deliveries"))
        .compose(
            owed ->
                claimByEvent(REVIVE, event.tenant(), event.id(), token)
                    .map(
                        revived ->
                            new HeldDeliveries(
                                event.tenant(), event.id(), token, owed, true, revived)));
  }

  /** Claims every row of a published event that nobody can have started. */
  Future<List<ClaimedDelivery>> takeOver(HeldDeliveries heldEvent) {
    return claimByEvent(TAKE_OVER, heldEvent.tenant(), heldEvent.event(), heldEvent.token());
  }

  private Future<List<ClaimedDelivery>> claimByEvent(
      String statement, TenantId tenant, EventId event, UUID token) {
    long asked = System.nanoTime();
    long lease = MAX_TIMEOUT.toMillis() + leaseMarginMillis;
    return database
        .query(statement, Tuple.of(tenant.value(), event.value(), token, lease))
        .map(rows -> DeliveryRow.all(rows, asked));
  }

  /** Marks rows of an event that was surely not published. */
  Future<?> withdraw(HeldDeliveries heldEvent) {
    return database.query(WITHDRAW, identity(heldEvent));
  }

  /** Deletes rows that were never owed. */
  Future<?> forget(HeldDeliveries heldEvent) {
    return database.query(FORGET, identity(heldEvent));
  }

  private static Tuple identity(HeldDeliveries heldEvent) {
    return Tuple.of(heldEvent.tenant().value(), heldEvent.event().value(), heldEvent.token());
  }

  /** How many deliveries the event owed when it was accepted. */
  public Future<Integer> owed(TenantId tenant, EventId event) {
    return database
        .query(OWED, Tuple.of(tenant.value(), event.value()))
        .map(rows -> rows.size() == 0 ? 0 : rows.iterator().next().getInteger("deliveries"));
  }
}
