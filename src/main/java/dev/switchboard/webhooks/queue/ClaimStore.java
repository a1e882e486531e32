package dev.switchboard.webhooks.queue;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.ArrayColumns;
import dev.switchboard.postgres.Database;
import dev.switchboard.webhooks.queue.DeliveryRow.Claim;
import dev.switchboard.webhooks.queue.DeliveryRow.Claimed;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Claims rows of the queue and gives them back, many in one statement. A claim has a token and a
 * lease on the database's clock. Usable from every event loop.
 *
 * <p>Where deliveries of one key must keep their order, all but the oldest are parked: due at
 * infinity, behind everything that a claim reads, until their predecessor ends. So a claim costs
 * the same however many wait behind a blocked one.
 */
public final class ClaimStore {
  /** Selects the predecessors that row {@code d} must wait for. */
  private static final String PREDECESSOR =
      """
      SELECT FROM webhook_deliveries e
      WHERE e.webhook_id = d.webhook_id AND e.order_key = d.order_key AND e.id < d.id
        AND e.state <> 'withdrawn'\
      """;

  private static final String RELEASE =
      """
      UPDATE webhook_deliveries d
      SET state = 'waiting', attempt = d.attempt - 1, claim_token = NULL, lease_until = NULL,
          postponed = r.pause > 0, called = true,
          due_at = CASE WHEN d.order_key IS NOT NULL AND EXISTS (\
      """
          + PREDECESSOR
          + """
          ) THEN 'infinity' ELSE clock_timestamp() + r.pause * interval '1 ms' END
          FROM unnest($1::bigint[], $2::uuid[], $3::bigint[]) AS r(id, token, pause)
          WHERE d.id = r.id AND d.claim_token = r.token\
          """;

  /**
   * Claims due rows within the budget: live traffic before redeliveries, and the first of every
   * webhook before the second of any; a plain ORDER BY due_at would let one dead endpoint's backlog
   * fill every claim. The recursive part skips from webhook to webhook along the index.
   *
   * <p>Parameters: $1 total, $2 per webhook, $3 per tenant, $4 and $5 webhooks and their room, $6
   * and $7 tenants and their room, $8 token, $9 lease margin in milliseconds, $10 quick webhooks.
   */
  static final String CLAIM =
      """
      WITH RECURSIVE due_webhook(id) AS (
        (SELECT webhook_id FROM webhook_deliveries WHERE state = 'waiting'
         ORDER BY webhook_id LIMIT 1)
        UNION ALL
        SELECT (SELECT d.webhook_id FROM webhook_deliveries d
                WHERE d.state = 'waiting' AND d.webhook_id > w.id
                ORDER BY d.webhook_id LIMIT 1)
        FROM due_webhook w WHERE w.id IS NOT NULL
      ), known_webhook AS (
        SELECT * FROM unnest($4::bigint[], $5::int[]) AS k(id, room)
      ), known_tenant AS (
        SELECT * FROM unnest($6::text[], $7::int[]) AS k(id, room)
      ), due AS (
        SELECT w.id AS webhook_id, w.tenant_id, w.timeout, d.id, d.priority,
               coalesce(k.room, $2) AS room,
               row_number() OVER (PARTITION BY w.id ORDER BY d.priority, d.due_at) AS nth_of_webhook
        FROM due_webhook
        JOIN webhooks w ON w.id = due_webhook.id AND w.is_active
        LEFT JOIN known_webhook k ON k.id = w.id
        CROSS JOIN (VALUES (0::smallint), (1::smallint)) AS p(priority)
        CROSS JOIN LATERAL (
          SELECT d.id, d.due_at, d.priority FROM webhook_deliveries d
          WHERE d.webhook_id = w.id AND d.state = 'waiting' AND d.priority = p.priority
            AND d.due_at <= clock_timestamp()
            AND (d.order_key IS NULL OR NOT EXISTS (\
      """
          + PREDECESSOR
          + """
          ))
              ORDER BY d.due_at LIMIT greatest(0, coalesce(k.room, $2))) d
          ), ranked AS (
            SELECT id, tenant_id, timeout, priority, nth_of_webhook,
                   row_number() OVER (PARTITION BY tenant_id ORDER BY priority, nth_of_webhook)
                     AS nth_of_tenant
            FROM due WHERE nth_of_webhook <= room
          ), picked AS (
            SELECT r.id, r.timeout FROM ranked r
            LEFT JOIN known_tenant k ON k.id = r.tenant_id
            WHERE r.nth_of_tenant <= coalesce(k.room, $3)
            ORDER BY r.priority, r.nth_of_webhook, r.nth_of_tenant LIMIT $1
          ), locked AS (
            SELECT q.id, p.timeout FROM webhook_deliveries q JOIN picked p ON p.id = q.id
            WHERE q.state = 'waiting' FOR UPDATE OF q SKIP LOCKED
          )
          UPDATE webhook_deliveries d
          SET state = 'in_flight', attempt = d.attempt + 1, claim_token = $8, postponed = false,
              called = d.webhook_id = ANY($10),
              lease_until = clock_timestamp() + locked.timeout * interval '1 s' + $9 * interval '1 ms'
          FROM locked WHERE d.id = locked.id
          """
          + DeliveryRow.CLAIMED;

  private static final String MARK_CALLED =
      """
      UPDATE webhook_deliveries d SET called = true
      FROM unnest($1::bigint[], $2::uuid[]) AS u(id, token)
      WHERE d.id = u.id AND d.claim_token = u.token
      RETURNING d.id\
      """;

  private static final String BRING_FORWARD =
      """
      WITH postponed AS (
        SELECT id FROM webhook_deliveries
        WHERE webhook_id = $1 AND state = 'waiting' AND postponed
          AND due_at > clock_timestamp() AND due_at <> 'infinity'
        ORDER BY priority, due_at LIMIT $2 FOR UPDATE SKIP LOCKED)
      UPDATE webhook_deliveries d SET due_at = clock_timestamp(), postponed = false
      FROM postponed WHERE d.id = postponed.id\
      """;

  private static final int MAX_BROUGHT_FORWARD = 5_000;

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
          + DeliveryRow.CLAIMED;

  /** Ends rows without an attempt; the reason and the outcome go into the log. */
  private static final String END =
      """
      WITH ended AS (
        DELETE FROM webhook_deliveries d
        USING unnest($1::bigint[], $2::uuid[]) AS u(id, token)
        WHERE d.id = u.id AND d.claim_token = u.token
        RETURNING d.*)
      INSERT INTO webhook_logs
        (webhook_id, tenant_id, delivery_id, event_id, event, error, duration_ms, attempt, outcome)
      SELECT webhook_id, tenant_id, id, event_id, event, $3, 0, attempt, $4 FROM ended\
      """;

  private final Database database;
  private final long leaseMarginMillis;
  private final QuickWebhooks quick;

  ClaimStore(Database database, Duration leaseMargin, QuickWebhooks quick) {
    this.database = database;
    this.quick = quick;
    this.leaseMarginMillis = leaseMargin.toMillis();
  }

  /**
   * A claim to give back unused; its attempt does not count.
   *
   * @param pause until it is due again
   */
  public record Unused(ClaimedDelivery delivery, Duration pause) {}

  /** Gives claims back unused. */
  public Future<?> release(Collection<Unused> unused) {
    if (unused.isEmpty()) {
      return Future.succeededFuture();
    }
    List<Unused> sorted =
        unused.stream().sorted(Comparator.comparingLong(one -> one.delivery().id())).toList();
    return database.query(
        RELEASE,
        ArrayColumns.of(sorted)
            .bigint(one -> one.delivery().id())
            .uuid(one -> one.delivery().token())
            .bigint(one -> one.pause().toMillis())
            .tuple());
  }

  /**
   * Marks deliveries as called, before their calls begin.
   *
   * @return for each, whether its claim still held; if not, it must not be called
   */
  Future<List<Boolean>> markCalled(List<ClaimedDelivery> deliveries) {
    List<ClaimedDelivery> sorted =
        deliveries.stream().sorted(Comparator.comparingLong(ClaimedDelivery::id)).toList();
    Tuple ids =
        ArrayColumns.of(sorted).bigint(ClaimedDelivery::id).uuid(ClaimedDelivery::token).tuple();
    return database
        .query(MARK_CALLED, ids)
        .map(
            rows -> {
              Set<Long> marked = new HashSet<>();
              rows.forEach(row -> marked.add(row.getLong("id")));
              return deliveries.stream().map(one -> marked.contains(one.id())).toList();
            });
  }

  /** Claims due deliveries within the budget. */
  Future<List<ClaimedDelivery>> claim(ClaimBudget claimBudget) {
    long asked = System.nanoTime();
    Tuple parameters =
        Tuple.of(claimBudget.total(), claimBudget.perWebhook(), claimBudget.perTenant())
            .addArrayOfLong(claimBudget.webhooks().keySet().toArray(Long[]::new))
            .addArrayOfInteger(claimBudget.webhooks().values().toArray(Integer[]::new))
            .addArrayOfString(
                claimBudget.tenants().keySet().stream().map(TenantId::value).toArray(String[]::new))
            .addArrayOfInteger(claimBudget.tenants().values().toArray(Integer[]::new))
            .addUUID(UUID.randomUUID())
            .addLong(leaseMarginMillis)
            .addArrayOfLong(quick.all());
    return database.query(CLAIM, parameters).compose(rows -> readable(rows, asked));
  }

  /**
   * Makes deliveries of {@code webhook} due that were given back with a pause, at most 5,000; the
   * rest comes when its pause ends.
   */
  Future<?> bringForward(long webhook) {
    return database.query(BRING_FORWARD, Tuple.of(webhook, MAX_BROUGHT_FORWARD));
  }

  /**
   * Claims again rows whose claim ran out, at most {@code limit}.
   *
   * @param state {@code held} or {@code in_flight}
   */
  public Future<List<ClaimedDelivery>> claimLost(String state, int limit) {
    long asked = System.nanoTime();
    return database
        .query(LOST, Tuple.of(state, limit, UUID.randomUUID(), leaseMarginMillis * 2))
        .compose(rows -> readable(rows, asked));
  }

  private Future<List<ClaimedDelivery>> readable(RowSet<Row> rows, long asked) {
    Claimed claimed = DeliveryRow.readable(rows, asked);
    return endUnreadable(claimed.unreadable()).map(ended -> claimed.deliveries());
  }

  /** They could never be delivered and would be claimed for ever. */
  private Future<?> endUnreadable(List<Claim> unreadable) {
    return unreadable.isEmpty()
        ? Future.succeededFuture()
        : end(unreadable, "malformed: its row holds no event", "failed");
  }

  /** Ends a delivery that its webhook's row, now that it can be read, does not ask for. */
  Future<?> endUnwanted(ClaimedDelivery delivery) {
    return end(
        List.of(new Claim(delivery.id(), delivery.token())),
        "not_owed: the corrected row does not select this event",
        "cancelled");
  }

  private Future<?> end(List<Claim> claims, String error, String outcome) {
    Tuple ids = ArrayColumns.of(claims).bigint(Claim::id).uuid(Claim::token).tuple();
    return database.query(END, ids.addString(error).addString(outcome));
  }
}
