package dev.switchboard.webhooks.report;

import dev.switchboard.postgres.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;

/**
 * Measures the queue for metrics, at a cost that does not grow with its length: rows are counted up
 * to a bound, beyond which the index's own estimate is used, and only the first due row of each
 * webhook is read. Usable from every event loop.
 */
public final class QueueStore {
  private static final int MAX_COUNTED = 10_000;

  private static final String DEPTH =
      """
      WITH RECURSIVE due_webhook(id) AS (
        (SELECT webhook_id FROM webhook_deliveries WHERE state = 'waiting'
         ORDER BY webhook_id LIMIT 1)
        UNION ALL
        SELECT (SELECT d.webhook_id FROM webhook_deliveries d
                WHERE d.state = 'waiting' AND d.webhook_id > w.id
                ORDER BY d.webhook_id LIMIT 1)
        FROM due_webhook w WHERE w.id IS NOT NULL
      ), oldest AS (
        SELECT min(d.due_at) AS due_at
        FROM due_webhook
        JOIN webhooks w ON w.id = due_webhook.id AND w.is_active
        CROSS JOIN (VALUES (0::smallint), (1::smallint)) AS p(priority)
        CROSS JOIN LATERAL (
          SELECT d.due_at FROM webhook_deliveries d
          WHERE d.webhook_id = w.id AND d.state = 'waiting' AND d.priority = p.priority
            AND d.due_at <= clock_timestamp()
          ORDER BY d.due_at LIMIT 1) d
        WHERE NOT EXISTS (
          SELECT FROM webhook_breakers b
          WHERE b.webhook_id = w.id AND b.seen_at > clock_timestamp() - interval '1 minute')
      )
      SELECT (SELECT count(*) FROM (SELECT FROM webhook_deliveries
                                    WHERE state = 'waiting' LIMIT $1) w) AS waiting,
             (SELECT count(*) FROM (SELECT FROM webhook_deliveries
                                    WHERE state IN ('held', 'in_flight') LIMIT $1) c) AS claimed,
             (SELECT max(reltuples)::bigint FROM pg_class
              WHERE relname = 'webhook_deliveries_due') AS waiting_about,
             (SELECT max(reltuples)::bigint FROM pg_class
              WHERE relname = 'webhook_deliveries_leased') AS claimed_about,
             (SELECT (extract(epoch FROM clock_timestamp() - due_at) * 1000)::bigint
              FROM oldest) AS oldest_ms\
      """;

  private final Database database;

  public QueueStore(Database database) {
    this.database = database;
  }

  /**
   * The length of the queue that all nodes share.
   *
   * @param waiting deliveries that wait for their time, for a free worker or for their webhook to
   *     be enabled
   * @param claimed deliveries that a node has claimed
   * @param oldestDue how long the oldest due delivery has been due that does not wait behind a
   *     circuit breaker; zero if none is
   */
  public record Depth(long waiting, long claimed, Duration oldestDue) {}

  /** Measures the queue now. */
  public Future<Depth> depth() {
    return database
        .query(DEPTH, Tuple.of(MAX_COUNTED))
        .map(
            rows -> {
              Row row = rows.iterator().next();
              Long oldest = row.getLong("oldest_ms");
              return new Depth(
                  count(row, "waiting"),
                  count(row, "claimed"),
                  Duration.ofMillis(oldest == null ? 0 : Math.max(0, oldest)));
            });
  }

  private static long count(Row row, String of) {
    long counted = row.getLong(of);
    Long about = row.getLong(of + "_about");
    return counted < MAX_COUNTED || about == null ? counted : Math.max(counted, about);
  }
}
