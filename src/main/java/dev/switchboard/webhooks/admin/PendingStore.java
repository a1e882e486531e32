package dev.switchboard.webhooks.admin;

import dev.switchboard.postgres.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Reads and cancels pending deliveries. Usable from every event loop. */
final class PendingStore {
  private static final String PAGE =
      """
      SELECT id, event_id, event, state, attempt, failures, priority, accepted_at, cancelled,
             CASE WHEN state = 'waiting' AND due_at < 'infinity' THEN due_at END AS due_at
      FROM webhook_deliveries
      WHERE webhook_id = $1 AND id > $2 AND state <> 'withdrawn'
      ORDER BY id LIMIT $3""";

  private static final String CANCEL_ONE =
      """
      UPDATE webhook_deliveries SET cancelled = true
      WHERE id = $2 AND webhook_id = $1 AND state <> 'withdrawn' AND NOT cancelled
      RETURNING state""";

  /** Both parts see the same snapshot, in which every row is in exactly one of them. */
  private static final String CANCEL_ALL =
      """
      WITH pending AS (
        (SELECT id FROM webhook_deliveries WHERE webhook_id = $1 AND state = 'waiting' LIMIT $2)
        UNION ALL
        SELECT id FROM webhook_deliveries
        WHERE webhook_id = $1 AND state IN ('held', 'in_flight') AND NOT cancelled
      )
      UPDATE webhook_deliveries d SET cancelled = true
      FROM pending p WHERE d.id = p.id AND d.state <> 'withdrawn'
      RETURNING d.state""";

  private final Database database;

  PendingStore(Database database) {
    this.database = database;
  }

  /** Reads at most {@code limit} deliveries behind the id {@code after}, in the order of ids. */
  Future<PendingDelivery.Page> page(long webhook, long after, int limit) {
    return database
        .query(PAGE, Tuple.of(webhook, after, limit))
        .map(rows -> stream(rows).map(PendingStore::delivery).toList())
        .map(
            deliveries ->
                new PendingDelivery.Page(
                    deliveries, deliveries.size() < limit ? null : deliveries.get(limit - 1).id()));
  }

  private static PendingDelivery delivery(Row row) {
    OffsetDateTime due = row.getOffsetDateTime("due_at");
    return new PendingDelivery(
        row.getLong("id"),
        row.getString("event_id"),
        row.getString("event"),
        row.getString("state"),
        row.getInteger("attempt"),
        row.getInteger("failures"),
        row.getInteger("priority") > 0,
        row.getBoolean("cancelled"),
        row.getOffsetDateTime("accepted_at").toInstant(),
        due == null ? null : due.toInstant());
  }

  /** Cancels one delivery; empty if it is not pending. */
  Future<Optional<Cancellation>> cancel(long webhook, long delivery) {
    return database
        .query(CANCEL_ONE, Tuple.of(webhook, delivery))
        .map(rows -> rows.size() == 0 ? Optional.empty() : Optional.of(cancellation(rows, false)));
  }

  /** Cancels all deliveries, at most {@code limit} of those that wait. */
  Future<Cancellation> cancelAll(long webhook, int limit) {
    return database
        .query(CANCEL_ALL, Tuple.of(webhook, limit))
        .map(rows -> cancellation(rows, waiting(rows) >= limit));
  }

  private static Cancellation cancellation(RowSet<Row> rows, boolean more) {
    int waiting = waiting(rows);
    return new Cancellation(waiting, rows.size() - waiting, more);
  }

  private static int waiting(RowSet<Row> rows) {
    return (int) stream(rows).filter(row -> row.getString("state").equals("waiting")).count();
  }

  private static Stream<Row> stream(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }
}
