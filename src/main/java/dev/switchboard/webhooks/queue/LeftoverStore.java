package dev.switchboard.webhooks.queue;

import dev.switchboard.postgres.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;

/**
 * Cleans up what other statements leave behind: old event ids, deliveries of deleted webhooks, and
 * parked deliveries whose predecessor has ended. Usable from every event loop.
 */
public final class LeftoverStore {
  private static final String DELETE_OLD =
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

  private static final String DELETE_ORPHANS =
      """
      DELETE FROM webhook_deliveries d
      WHERE d.state IN ('waiting', 'withdrawn')
        AND NOT EXISTS (SELECT FROM webhooks w WHERE w.id = d.webhook_id)""";

  /**
   * The predecessor may have ended on another node at the moment at which a delivery was parked.
   * The recursive part skips from key to key along the index of parked deliveries.
   */
  private static final String UNPARK =
      """
      WITH RECURSIVE parked(webhook_id, order_key) AS (
        (SELECT webhook_id, order_key FROM webhook_deliveries
         WHERE state = 'waiting' AND due_at = 'infinity'
         ORDER BY webhook_id, order_key LIMIT 1)
        UNION ALL
        SELECT n.webhook_id, n.order_key FROM parked p
        CROSS JOIN LATERAL (
          SELECT q.webhook_id, q.order_key FROM webhook_deliveries q
          WHERE q.state = 'waiting' AND q.due_at = 'infinity'
            AND (q.webhook_id, q.order_key) > (p.webhook_id, p.order_key)
          ORDER BY q.webhook_id, q.order_key LIMIT 1) n
      ), first AS (
        SELECT f.id FROM parked p
        CROSS JOIN LATERAL (
          SELECT q.id, q.state, q.due_at FROM webhook_deliveries q
          WHERE q.webhook_id = p.webhook_id AND q.order_key = p.order_key AND q.state <> 'withdrawn'
          ORDER BY q.id LIMIT 1) f
        WHERE f.state = 'waiting' AND f.due_at = 'infinity'
      )
      UPDATE webhook_deliveries d SET due_at = clock_timestamp()
      FROM first WHERE d.id = first.id AND d.state = 'waiting' AND d.due_at = 'infinity'""";

  private final Database database;

  LeftoverStore(Database database) {
    this.database = database;
  }

  /**
   * Deletes event ids older than {@code age}, at most {@code limit}.
   *
   * @return how many were deleted
   */
  public Future<Integer> deleteAcceptedBefore(Duration age, int limit) {
    return database.query(DELETE_OLD, Tuple.of(age.toMillis(), limit)).map(RowSet::rowCount);
  }

  /** Deletes deliveries of deleted webhooks. */
  public Future<?> deleteOrphans() {
    return database.query(DELETE_ORPHANS);
  }

  /**
   * Makes parked deliveries due that have no predecessor.
   *
   * @return how many
   */
  public Future<Integer> unpark() {
    return database.query(UNPARK).map(RowSet::rowCount);
  }
}
