package dev.switchboard.webhooks.queue;

import static java.util.Objects.requireNonNull;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.bus.HeldDeliveries;
import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.ArrayColumns;
import dev.switchboard.postgres.Database;
import dev.switchboard.webhooks.registry.Webhook;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * The statements of the outbox: deliveries of accepted events, held until it is known whether their
 * event was published, and {@code accepted_events}, which keeps a repeated event from being
 * delivered twice. Usable from every event loop.
 */
public final class OutboxStore {
  private static final Duration MAX_TIMEOUT = Duration.ofMinutes(2);

  private static final String STORE =
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
         state, attempt, claim_token, lease_until, order_key, undecided, called)
      SELECT o.webhook_id, e.tenant_id, e.event_id, e.event, e.envelope, e.minted, e.accepted_at,
             'held', 1, $8::uuid, clock_timestamp() + o.lease_ms * interval '1 ms', o.order_key,
             o.undecided, o.called
      FROM unnest($9::bigint[], $10::bigint[], $11::bigint[], $12::text[], $13::boolean[],
                  $14::boolean[])
        AS o(ord, webhook_id, lease_ms, order_key, undecided, called)
      JOIN events e USING (ord)
      JOIN accepted a ON a.tenant_id = e.tenant_id AND a.event_id = e.event_id
      ORDER BY o.ord, o.webhook_id
      RETURNING d.id, d.webhook_id, d.tenant_id, d.event_id""";

  /** Holds the rows again that an earlier call withdrew, under the new token. */
  private static final String REVIVE =
      """
      UPDATE webhook_deliveries d
      SET state = 'held', attempt = 1, called = false, claim_token = $3,
          lease_until = clock_timestamp() + $4 * interval '1 ms'
      WHERE d.tenant_id = $1 AND d.event_id = $2 AND d.state = 'withdrawn'
      """
          + DeliveryRow.CLAIMED;

  /** Run after publishing: rows that earlier calls still hold can't have been started by them. */
  private static final String TAKE_OVER =
      """
      UPDATE webhook_deliveries d
      SET state = 'held', attempt = 1, called = false, claim_token = $3,
          lease_until = clock_timestamp() + $4 * interval '1 ms'
      WHERE d.tenant_id = $1 AND d.event_id = $2 AND d.state IN ('held', 'withdrawn')
        AND d.claim_token IS DISTINCT FROM $3
      """
          + DeliveryRow.CLAIMED;

  private static final String DELIVERIES =
      "SELECT deliveries FROM accepted_events WHERE tenant_id = $1 AND event_id = $2";

  private static final String WITHDRAW =
      """
      UPDATE webhook_deliveries
      SET state = 'withdrawn', claim_token = NULL, lease_until = NULL
      WHERE tenant_id = $1 AND event_id = $2 AND claim_token = $3 AND state = 'held'\
      """;

  private static final String REPLACE_ENVELOPE =
      "UPDATE webhook_deliveries SET envelope = $3 WHERE tenant_id = $1 AND event_id = $2";

  private static final String DISCARD =
      """
      WITH gone AS (
        DELETE FROM webhook_deliveries
        WHERE tenant_id = $1 AND event_id = $2 AND claim_token = $3 AND state = 'held' RETURNING id)
      DELETE FROM accepted_events
      WHERE tenant_id = $1 AND event_id = $2 AND EXISTS (SELECT FROM gone)\
      """;

  private final Database database;
  private final long leaseMarginMillis;
  private final QuickWebhooks quick;

  OutboxStore(Database database, Duration leaseMargin, QuickWebhooks quick) {
    this.database = database;
    this.quick = quick;
    this.leaseMarginMillis = leaseMargin.toMillis();
  }

  /**
   * Stores the deliveries of {@code entries}, all held by one claim.
   *
   * @return for each entry its deliveries; those of an event that an earlier call stored are marked
   *     as repeated
   */
  Future<List<HeldDeliveries>> store(List<OutboxEntry> entries) {
    UUID token = UUID.randomUUID();
    long asked = System.nanoTime();
    List<OutboxEntry> first = firstOfEachEvent(entries);
    List<NewRow> rows = rows(first);
    return database
        .query(STORE, parameters(first, rows, token))
        .map(ids -> byEvent(stored(rows, ids, token, asked)))
        .compose(stored -> answers(entries, stored, token));
  }

  /** Without repeats that came at the same time: like later ones they must store nothing. */
  private static List<OutboxEntry> firstOfEachEvent(List<OutboxEntry> entries) {
    Map<EventKey, OutboxEntry> first = new LinkedHashMap<>();
    entries.forEach(entry -> first.putIfAbsent(EventKey.of(entry), entry));
    return List.copyOf(first.values());
  }

  private record EventKey(TenantId tenant, EventId event) {
    static EventKey of(OutboxEntry entry) {
      return new EventKey(entry.event().tenant(), entry.event().id());
    }
  }

  /** What tells a row from the others of one statement. */
  private record RowKey(TenantId tenant, EventId event, long webhook) {
    static RowKey of(Row row) {
      return new RowKey(
          new TenantId(row.getString("tenant_id")),
          new EventId(row.getString("event_id")),
          row.getLong("webhook_id"));
    }
  }

  /** Postgres returns only which rows it stored, and their ids: the rest is known. */
  private static List<ClaimedDelivery> stored(
      List<NewRow> rows, RowSet<Row> ids, UUID token, long asked) {
    Map<RowKey, NewRow> byKey = new HashMap<>();
    rows.forEach(row -> byKey.put(row.key(), row));
    List<ClaimedDelivery> stored = new ArrayList<>(ids.size());
    for (Row id : ids) {
      NewRow row = requireNonNull(byKey.get(RowKey.of(id)));
      stored.add(row.claimed(id.getLong("id"), token, asked));
    }
    return stored;
  }

  private static Map<EventKey, List<ClaimedDelivery>> byEvent(List<ClaimedDelivery> stored) {
    Map<EventKey, List<ClaimedDelivery>> byEvent = new HashMap<>();
    for (ClaimedDelivery delivery : stored) {
      byEvent
          .computeIfAbsent(
              new EventKey(delivery.tenant(), delivery.event()), event -> new ArrayList<>())
          .add(delivery);
    }
    return byEvent;
  }

  private Future<List<HeldDeliveries>> answers(
      List<OutboxEntry> entries, Map<EventKey, List<ClaimedDelivery>> stored, UUID token) {
    List<Future<HeldDeliveries>> answers = new ArrayList<>(entries.size());
    for (OutboxEntry entry : entries) {
      EventKey event = EventKey.of(entry);
      List<ClaimedDelivery> deliveries = stored.remove(event);
      answers.add(
          deliveries == null
              ? revive(event)
              : Future.succeededFuture(
                  new HeldDeliveries(
                      event.tenant(), event.event(), token, deliveries.size(), false, deliveries)));
    }
    return Future.all(answers).map(all -> all.<HeldDeliveries>list());
  }

  /**
   * One row of {@code webhook_deliveries}.
   *
   * @param ordinal of its event in the statement, from 1
   * @param called whether it counts as called from the beginning
   */
  private record NewRow(
      long ordinal, OutboxEntry entry, OutboxEntry.Owed owed, long leaseMillis, boolean called) {
    long webhook() {
      return owed.webhook().id();
    }

    RowKey key() {
      return new RowKey(entry.event().tenant(), entry.event().id(), webhook());
    }

    /** The lease is counted from before the statement was sent, so that it never seems longer. */
    ClaimedDelivery claimed(long id, UUID token, long asked) {
      Event event = entry.event();
      return new ClaimedDelivery(
          id,
          token,
          webhook(),
          event.tenant(),
          event.id(),
          event.type(),
          event.timestamp(),
          1,
          0,
          entry.minted(),
          owed.undecided(),
          called,
          owed.orderKey() != null,
          entry.body(),
          asked + TimeUnit.MILLISECONDS.toNanos(leaseMillis));
    }
  }

  private List<NewRow> rows(List<OutboxEntry> entries) {
    List<NewRow> rows = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      for (OutboxEntry.Owed owed : entries.get(i).deliveries()) {
        rows.add(row(i + 1L, entries.get(i), owed));
      }
    }
    return rows;
  }

  private NewRow row(long ordinal, OutboxEntry entry, OutboxEntry.Owed owed) {
    Webhook webhook = owed.webhook();
    long lease = webhook.timeout().toMillis() + leaseMarginMillis;
    return new NewRow(ordinal, entry, owed, lease, quick.contains(webhook.id()));
  }

  private static Tuple parameters(List<OutboxEntry> entries, List<NewRow> rows, UUID token) {
    return ArrayColumns.after(eventColumns(entries).addUUID(token), rows)
        .bigint(NewRow::ordinal)
        .bigint(NewRow::webhook)
        .bigint(NewRow::leaseMillis)
        .text(row -> row.owed().orderKey())
        .bool(row -> row.owed().undecided())
        .bool(NewRow::called)
        .tuple();
  }

  private static Tuple eventColumns(List<OutboxEntry> entries) {
    return ArrayColumns.of(entries)
        .text(entry -> entry.event().tenant().value())
        .text(entry -> entry.event().id().value())
        .text(entry -> entry.event().type().value())
        .text(entry -> new String(entry.body(), StandardCharsets.UTF_8))
        .bool(OutboxEntry::minted)
        .timestamp(entry -> entry.event().timestamp().atOffset(ZoneOffset.UTC))
        .integer(entry -> entry.deliveries().size())
        .tuple();
  }

  /**
   * The event is a repeat: what an earlier call withdrew is held again. Its claim is its own, so
   * that it can't end what the first of two calls in one statement holds.
   */
  private Future<HeldDeliveries> revive(EventKey event) {
    UUID token = UUID.randomUUID();
    return deliveriesOf(event.tenant(), event.event())
        .compose(
            total ->
                claimByEvent(REVIVE, event, token)
                    .map(
                        revived ->
                            new HeldDeliveries(
                                event.tenant(), event.event(), token, total, true, revived)));
  }

  /** Claims every row of the published event whose calls cannot have started. */
  Future<List<ClaimedDelivery>> takeOver(HeldDeliveries held) {
    return claimByEvent(TAKE_OVER, new EventKey(held.tenant(), held.event()), held.token());
  }

  private Future<List<ClaimedDelivery>> claimByEvent(String statement, EventKey event, UUID token) {
    long asked = System.nanoTime();
    long lease = MAX_TIMEOUT.toMillis() + leaseMarginMillis;
    return database
        .query(statement, Tuple.of(event.tenant().value(), event.event().value(), token, lease))
        .map(rows -> DeliveryRow.all(rows, asked));
  }

  /** Marks the rows of an event that was certainly not published. */
  Future<?> withdraw(HeldDeliveries held) {
    return database.query(WITHDRAW, identity(held));
  }

  /** Marks the rows that are claimed with this one, of an event that was never published. */
  public Future<?> withdraw(ClaimedDelivery delivery) {
    return database.query(
        WITHDRAW, Tuple.of(delivery.tenant().value(), delivery.event().value(), delivery.token()));
  }

  /** Changes the envelope in all rows of an event, from {@code "event_id"} on. */
  public Future<?> replaceEnvelope(TenantId tenant, EventId event, byte[] envelope) {
    String text = new String(envelope, StandardCharsets.UTF_8);
    return database.query(REPLACE_ENVELOPE, Tuple.of(tenant.value(), event.value(), text));
  }

  /** Deletes the rows of an event that was answered without them. */
  Future<?> discard(HeldDeliveries held) {
    return database.query(DISCARD, identity(held));
  }

  private static Tuple identity(HeldDeliveries held) {
    return Tuple.of(held.tenant().value(), held.event().value(), held.token());
  }

  /** How many deliveries were stored when the event was accepted; 0 if it is not known. */
  public Future<Integer> deliveriesOf(TenantId tenant, EventId event) {
    return database
        .query(DELIVERIES, Tuple.of(tenant.value(), event.value()))
        .map(rows -> rows.size() == 0 ? 0 : rows.iterator().next().getInteger("deliveries"));
  }
}
