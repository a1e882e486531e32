package dev.switchboard.webhooks;

import dev.switchboard.bus.HeldDeliveries;
import dev.switchboard.bus.OwedDelivery;
import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The durable queue: {@code accepted_events}, {@code webhook_deliveries} and the rows of {@code
 * webhook_logs}. Every statement carries many rows; the clock of due times and leases is the
 * database's. Usable from every event loop.
 */
final class DeliveryStore {
  /** Which rows a claim gives back. */
  private static final String CLAIMED =
      """
      RETURNING d.id, d.claim_token, d.webhook_id, d.tenant_id, d.event_id, d.event, d.envelope, d.minted,
      d.accepted_at, d.attempt, d.failures,
      (extract(epoch FROM d.lease_until - clock_timestamp()) * 1000)::bigint AS lease_ms""";

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
          + CLAIMED;

  /** Rows that an earlier call withdrew come to life again under the new token. */
  private static final String REVIVE =
      """
      UPDATE webhook_deliveries d
      SET state = 'held', attempt = 1, claim_token = $3,
          lease_until = clock_timestamp() + $4 * interval '1 ms'
      WHERE d.tenant_id = $1 AND d.event_id = $2 AND d.state = 'withdrawn'
      """
          + CLAIMED;

  /** After publishing: what earlier calls still hold can't have been started by them. */
  private static final String TAKE_OVER =
      """
      UPDATE webhook_deliveries d
      SET state = 'held', attempt = 1, claim_token = $3,
          lease_until = clock_timestamp() + $4 * interval '1 ms'
      WHERE d.tenant_id = $1 AND d.event_id = $2 AND d.state IN ('held', 'withdrawn')
        AND d.claim_token IS DISTINCT FROM $3
      """
          + CLAIMED;

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

  private static final String RELEASE =
      """
      UPDATE webhook_deliveries d
      SET state = 'waiting', attempt = d.attempt - 1,
          due_at = clock_timestamp() + $3 * interval '1 ms', claim_token = NULL, lease_until = NULL
      FROM unnest($1::bigint[], $2::uuid[]) AS r(id, token)
      WHERE d.id = r.id AND d.claim_token = r.token""";

  /**
   * Takes due rows, at most {@code room} of each webhook and tenant and {@code $1} in all, live
   * traffic before what was asked for again, and the first of every webhook before the second of
   * any: a plain ORDER BY due_at would let one dead endpoint's backlog fill every claim. Of rows
   * with one order key only the oldest is taken. The recursive part skips from webhook to webhook
   * along the index.
   */
  private static final String CLAIM =
      """
      WITH RECURSIVE due_webhook(id) AS (
        (SELECT webhook_id FROM webhook_deliveries WHERE state = 'waiting'
         ORDER BY webhook_id LIMIT 1)
        UNION ALL
        SELECT (SELECT d.webhook_id FROM webhook_deliveries d
                WHERE d.state = 'waiting' AND d.webhook_id > w.id
                ORDER BY d.webhook_id LIMIT 1)
        FROM due_webhook w WHERE w.id IS NOT NULL
      ), busy_webhook AS (
        SELECT * FROM unnest($4::bigint[], $5::int[]) AS b(id, calls)
      ), busy_tenant AS (
        SELECT * FROM unnest($6::text[], $7::int[]) AS b(id, calls)
      ), due AS (
        SELECT w.id AS webhook_id, w.tenant_id, w.timeout, d.id, d.priority,
               $2 - coalesce(b.calls, 0) AS room,
               row_number() OVER (PARTITION BY w.id ORDER BY d.priority, d.due_at) AS nth_of_webhook
        FROM due_webhook
        JOIN webhooks w ON w.id = due_webhook.id AND w.is_active
        LEFT JOIN busy_webhook b ON b.id = w.id
        CROSS JOIN (VALUES (0::smallint), (1::smallint)) AS p(priority)
        CROSS JOIN LATERAL (
          SELECT q.id, q.due_at, q.priority FROM webhook_deliveries q
          WHERE q.webhook_id = w.id AND q.state = 'waiting' AND q.priority = p.priority
            AND q.due_at <= clock_timestamp()
            AND (q.order_key IS NULL OR NOT EXISTS (
              SELECT FROM webhook_deliveries e
              WHERE e.webhook_id = q.webhook_id AND e.order_key = q.order_key AND e.id < q.id
                AND e.state <> 'withdrawn'))
          ORDER BY q.due_at LIMIT greatest(0, $2 - coalesce(b.calls, 0))) d
      ), ranked AS (
        SELECT id, tenant_id, timeout, priority, nth_of_webhook,
               row_number() OVER (PARTITION BY tenant_id ORDER BY priority, nth_of_webhook)
                 AS nth_of_tenant
        FROM due WHERE nth_of_webhook <= room
      ), picked AS (
        SELECT r.id, r.timeout FROM ranked r
        LEFT JOIN busy_tenant b ON b.id = r.tenant_id
        WHERE r.nth_of_tenant <= $3 - coalesce(b.calls, 0)
        ORDER BY r.priority, r.nth_of_webhook, r.nth_of_tenant LIMIT $1
      ), locked AS (
        SELECT q.id, p.timeout FROM webhook_deliveries q JOIN picked p ON p.id = q.id
        WHERE q.state = 'waiting' FOR UPDATE OF q SKIP LOCKED
      )
      UPDATE webhook_deliveries d
      SET state = 'in_flight', attempt = d.attempt + 1, claim_token = $8,
          lease_until = clock_timestamp() + locked.timeout * interval '1 s' + $9 * interval '1 ms'
      FROM locked WHERE d.id = locked.id
      """
          + CLAIMED;

  /** Ends or postpones attempts and logs each, but only for whom the claim still holds. */
  private static final String FINISH =
      """
      WITH done AS (
        SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::int[],
                             $7::int[], $8::bigint[], $9::text[])
          AS f(id, token, response_code, response_body, error, duration_ms, failures, retry_ms, body)
      ), closed AS (
        DELETE FROM webhook_deliveries d USING done f
        WHERE d.id = f.id AND d.claim_token = f.token AND (f.retry_ms IS NULL OR d.cancelled)
        RETURNING d.*
      ), postponed AS (
        UPDATE webhook_deliveries d
        SET state = 'waiting', failures = f.failures,
            due_at = clock_timestamp() + f.retry_ms * interval '1 ms',
            claim_token = NULL, lease_until = NULL
        FROM done f
        WHERE d.id = f.id AND d.claim_token = f.token AND f.retry_ms IS NOT NULL AND NOT d.cancelled
        RETURNING d.*
      ), logged AS (
        INSERT INTO webhook_logs (webhook_id, tenant_id, delivery_id, event_id, event, payload,
          response_code, response_body, error, duration_ms, attempt, outcome)
        SELECT d.webhook_id, d.tenant_id, d.id, d.event_id, d.event, f.body::json,
               f.response_code, f.response_body, f.error, f.duration_ms, d.attempt,
               CASE WHEN f.retry_ms IS NOT NULL AND d.cancelled THEN 'cancelled'
                    WHEN f.retry_ms IS NOT NULL THEN 'retrying'
                    WHEN f.error IS NULL THEN 'delivered' ELSE 'failed' END
        FROM (SELECT * FROM closed UNION ALL SELECT * FROM postponed) d JOIN done f USING (id)
        RETURNING delivery_id
      )
      SELECT delivery_id FROM logged""";

  /** Drops what is owed to webhooks that no longer exist. */
  private static final String DROP_ORPHANS =
      """
      DELETE FROM webhook_deliveries d
      WHERE d.state IN ('waiting', 'withdrawn')
        AND NOT EXISTS (SELECT FROM webhooks w WHERE w.id = d.webhook_id)""";

  private static final String LOST =
      """
      WITH expired AS (
        SELECT id FROM webhook_deliveries
        WHERE state = $1 AND lease_until < clock_timestamp() - interval '1 s'
        ORDER BY lease_until LIMIT $2 FOR UPDATE SKIP LOCKED)
      UPDATE webhook_deliveries d
      SET claim_token = $3, lease_until = clock_timestamp() + $4 * interval '1 ms'
      FROM expired WHERE d.id = expired.id
      """
          + CLAIMED;

  private static final String FORGET_OLD =
      """
      WITH old AS (
        SELECT tenant_id, event_id FROM accepted_events
        WHERE accepted_at < clock_timestamp() - $1 * interval '1 ms'
        ORDER BY accepted_at LIMIT $2 FOR UPDATE SKIP LOCKED),
      withdrawn AS (
        DELETE FROM webhook_deliveries d USING old
        WHERE d.tenant_id = old.tenant_id AND d.event_id = old.event_id AND d.state = 'withdrawn')
      DELETE FROM accepted_events a USING old
      WHERE a.tenant_id = old.tenant_id AND a.event_id = old.event_id""";

  private final Database database;
  private final long leaseMarginMillis;

  DeliveryStore(Database database, Duration leaseMargin) {
    this.database = database;
    this.leaseMarginMillis = leaseMargin.toMillis();
  }

  /** Commits events and what they owe; an event that an earlier call committed is answered so. */
  Future<List<HeldDeliveries>> hold(List<Held> events) {
    UUID token = UUID.randomUUID();
    long asked = System.nanoTime();
    return database
        .query(HOLD, holdParameters(events, token))
        .compose(
            rows -> {
              Map<Map.Entry<TenantId, EventId>, List<OwedDelivery>> fresh = new HashMap<>();
              for (OwedDelivery delivery : deliveries(rows, asked)) {
                fresh
                    .computeIfAbsent(
                        Map.entry(delivery.tenant(), delivery.event()), k -> new ArrayList<>())
                    .add(delivery);
              }
              List<Future<HeldDeliveries>> answers = new ArrayList<>(events.size());
              for (Held held : events) {
                Event event = held.event();
                List<OwedDelivery> rowsOf = fresh.remove(Map.entry(event.tenant(), event.id()));
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

  private Tuple holdParameters(List<Held> events, UUID token) {
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
      Held held = events.get(i);
      Event event = held.event();
      tenants[i] = event.tenant().value();
      ids[i] = event.id().value();
      types[i] = event.type().value();
      envelopes[i] = new String(held.tail(), StandardCharsets.UTF_8);
      minted[i] = held.minted();
      acceptedAt[i] = event.timestamp().atOffset(ZoneOffset.UTC);
      deliveries[i] = held.webhooks().size();
      for (Webhook webhook : held.webhooks()) {
        ordinals.add(i + 1L);
        webhooks.add(webhook.id());
        leases.add(webhook.timeout().toMillis() + leaseMarginMillis);
        orderKeys.add(held.orderKey(webhook));
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
  Future<List<OwedDelivery>> takeOver(HeldDeliveries held) {
    return claimByEvent(TAKE_OVER, held.tenant(), held.event(), held.token());
  }

  private Future<List<OwedDelivery>> claimByEvent(
      String statement, TenantId tenant, EventId event, UUID token) {
    long asked = System.nanoTime();
    long lease = TimeUnit.SECONDS.toMillis(120) + leaseMarginMillis;
    return database
        .query(statement, Tuple.of(tenant.value(), event.value(), token, lease))
        .map(rows -> deliveries(rows, asked));
  }

  /** Marks rows of an event that was surely not published. */
  Future<?> withdraw(HeldDeliveries held) {
    return database.query(WITHDRAW, identity(held));
  }

  /** Deletes rows that were never owed. */
  Future<?> forget(HeldDeliveries held) {
    return database.query(FORGET, identity(held));
  }

  private static Tuple identity(HeldDeliveries held) {
    return Tuple.of(held.tenant().value(), held.event().value(), held.token());
  }

  /** Gives claims back unused: due now, their attempt not counted. */
  Future<?> release(Collection<OwedDelivery> deliveries) {
    return postpone(deliveries, Duration.ZERO);
  }

  /** Gives claims back unused, due after a pause, their attempt not counted. */
  Future<?> postpone(Collection<OwedDelivery> deliveries, Duration pause) {
    if (deliveries.isEmpty()) {
      return Future.succeededFuture();
    }
    List<OwedDelivery> sorted =
        deliveries.stream().sorted(Comparator.comparingLong(OwedDelivery::id)).toList();
    return database.query(
        RELEASE,
        Tuple.tuple()
            .addArrayOfLong(sorted.stream().map(OwedDelivery::id).toArray(Long[]::new))
            .addArrayOfUUID(sorted.stream().map(OwedDelivery::token).toArray(UUID[]::new))
            .addLong(pause.toMillis()));
  }

  /** How much may be claimed. */
  record Room(
      int total,
      int perWebhook,
      int perTenant,
      Map<Long, Integer> busyWebhooks,
      Map<TenantId, Integer> busyTenants) {}

  /** Claims due deliveries within that room. */
  Future<List<OwedDelivery>> claim(Room room) {
    long asked = System.nanoTime();
    Tuple parameters =
        Tuple.of(room.total(), room.perWebhook(), room.perTenant())
            .addArrayOfLong(room.busyWebhooks().keySet().toArray(Long[]::new))
            .addArrayOfInteger(room.busyWebhooks().values().toArray(Integer[]::new))
            .addArrayOfString(
                room.busyTenants().keySet().stream().map(TenantId::value).toArray(String[]::new))
            .addArrayOfInteger(room.busyTenants().values().toArray(Integer[]::new))
            .addUUID(UUID.randomUUID())
            .addLong(leaseMarginMillis);
    return database.query(CLAIM, parameters).map(rows -> deliveries(rows, asked));
  }

  /**
   * An attempt to record.
   *
   * @param failures attempts that used up a retry, with this one
   * @param retryAfter null if it was the last
   */
  record Finished(
      OwedDelivery delivery, Attempt attempt, int failures, @Nullable Duration retryAfter) {}

  /**
   * Records attempts.
   *
   * @return for each, whether its claim still held; if not, nothing was recorded of it
   */
  Future<List<Boolean>> finish(List<Finished> attempts) {
    Tuple parameters =
        Tuple.tuple()
            .addArrayOfLong(column(attempts, f -> f.delivery().id()).toArray(Long[]::new))
            .addArrayOfUUID(column(attempts, f -> f.delivery().token()).toArray(UUID[]::new))
            .addArrayOfInteger(
                column(attempts, f -> f.attempt().responseCode()).toArray(Integer[]::new))
            .addArrayOfString(
                column(attempts, f -> f.attempt().responseBody()).toArray(String[]::new))
            .addArrayOfString(column(attempts, f -> f.attempt().error()).toArray(String[]::new))
            .addArrayOfInteger(
                column(attempts, f -> f.attempt().durationMillis()).toArray(Integer[]::new))
            .addArrayOfInteger(column(attempts, Finished::failures).toArray(Integer[]::new))
            .addArrayOfLong(column(attempts, DeliveryStore::retryMillis).toArray(Long[]::new))
            .addArrayOfString(column(attempts, DeliveryStore::bodyText).toArray(String[]::new));
    return database
        .query(FINISH, parameters)
        .map(
            rows -> {
              List<Long> recorded =
                  StreamSupport.stream(rows.spliterator(), false)
                      .map(row -> row.getLong("delivery_id"))
                      .toList();
              return attempts.stream().map(f -> recorded.contains(f.delivery().id())).toList();
            });
  }

  private static <C> List<C> column(List<Finished> attempts, Function<Finished, C> value) {
    List<C> column = new ArrayList<>(attempts.size());
    attempts.forEach(finished -> column.add(value.apply(finished)));
    return column;
  }

  private static @Nullable Long retryMillis(Finished finished) {
    return finished.retryAfter() == null ? null : finished.retryAfter().toMillis();
  }

  private static String bodyText(Finished finished) {
    return new String(DeliveryBody.of(finished.delivery()), StandardCharsets.UTF_8);
  }

  /** Claims anew what a node left behind in that state, {@code held} or {@code in_flight}. */
  Future<List<OwedDelivery>> claimLost(String state, int most) {
    long asked = System.nanoTime();
    return database
        .query(LOST, Tuple.of(state, most, UUID.randomUUID(), leaseMarginMillis * 2))
        .map(rows -> deliveries(rows, asked));
  }

  /** How many deliveries the event owed when it was accepted. */
  Future<Integer> owed(TenantId tenant, EventId event) {
    return database
        .query(OWED, Tuple.of(tenant.value(), event.value()))
        .map(rows -> rows.size() == 0 ? 0 : rows.iterator().next().getInteger("deliveries"));
  }

  /** Forgets event ids older than that, at most so many; answers how many. */
  Future<Integer> forgetAcceptedBefore(Duration age, int most) {
    return database.query(FORGET_OLD, Tuple.of(age.toMillis(), most)).map(RowSet::rowCount);
  }

  /** Drops what is owed to deleted webhooks. */
  Future<?> dropOrphans() {
    return database.query(DROP_ORPHANS);
  }

  private static List<OwedDelivery> deliveries(RowSet<Row> rows, long asked) {
    List<OwedDelivery> deliveries = new ArrayList<>(rows.size());
    for (Row row : rows) {
      deliveries.add(delivery(row, asked));
    }
    return deliveries;
  }

  /** The lease is counted from before the statement was sent, so that it never seems longer. */
  private static OwedDelivery delivery(Row row, long asked) {
    return new OwedDelivery(
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
        row.getString("envelope").getBytes(StandardCharsets.UTF_8),
        asked + TimeUnit.MILLISECONDS.toNanos(row.getLong("lease_ms")));
  }
}
