package dev.switchboard.webhooks.admin;

import dev.switchboard.postgres.Database;
import dev.switchboard.webhooks.registry.WebhookRow;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** What webhooks are owed, for who looks at it or cancels it. Usable from every event loop. */
public final class PendingStore {
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

  /** The two parts see one moment, in which every row is in exactly one of them. */
  private static final String CANCEL_ALL =
      """
      WITH owed AS (
        (SELECT id FROM webhook_deliveries WHERE webhook_id = $1 AND state = 'waiting' LIMIT $2)
        UNION ALL
        SELECT id FROM webhook_deliveries
        WHERE webhook_id = $1 AND state IN ('held', 'in_flight') AND NOT cancelled
      )
      UPDATE webhook_deliveries d SET cancelled = true
      FROM owed WHERE d.id = owed.id AND d.state <> 'withdrawn'
      RETURNING d.state""";

  private final Database database;

  public PendingStore(Database database) {
    this.database = database;
  }

  /** A page in the order of deliveries. */
  Future<JsonObject> page(long webhook, long after, int most) {
    return database
        .query(PAGE, Tuple.of(webhook, after, most))
        .map(
            rows -> {
              JsonArray shown = new JsonArray();
              rows.forEach(row -> shown.add(shown(row)));
              Long next = rows.size() < most ? null : shown.getJsonObject(most - 1).getLong("id");
              return new JsonObject().put("deliveries", shown).put("next", next);
            });
  }

  private static JsonObject shown(Row row) {
    return new JsonObject()
        .put("id", row.getLong("id"))
        .put("event_id", row.getString("event_id"))
        .put("event", row.getString("event"))
        .put("state", row.getString("state"))
        .put("attempt", row.getInteger("attempt"))
        .put("failures", row.getInteger("failures"))
        .put("asked_again", row.getInteger("priority") > 0)
        .put("cancelled", row.getBoolean("cancelled"))
        .put("accepted_at", WebhookRow.text(row.getOffsetDateTime("accepted_at")))
        .put("due_at", WebhookRow.text(row.getOffsetDateTime("due_at")));
  }

  /**
   * What a cancelling found.
   *
   * @param waiting deliveries that are gone
   * @param underWay deliveries a node has taken up: a call that was begun is not broken off, and
   *     not repeated
   */
  record Cancelled(int waiting, int underWay) {
    static final Cancelled NOTHING = new Cancelled(0, 0);

    private static Cancelled of(RowSet<Row> rows) {
      int waiting =
          (int)
              StreamSupport.stream(rows.spliterator(), false)
                  .filter(row -> row.getString("state").equals("waiting"))
                  .count();
      return new Cancelled(waiting, rows.size() - waiting);
    }

    Cancelled plus(Cancelled other) {
      return new Cancelled(waiting + other.waiting, underWay + other.underWay);
    }
  }

  /** Cancels one delivery; null if it is not owed. */
  Future<@Nullable Cancelled> cancel(long webhook, long delivery) {
    return database
        .query(CANCEL_ONE, Tuple.of(webhook, delivery))
        .map(rows -> rows.size() == 0 ? null : Cancelled.of(rows));
  }

  /** Cancels everything, at most so much of what waits. */
  Future<Cancelled> cancelAll(long webhook, int most) {
    return database.query(CANCEL_ALL, Tuple.of(webhook, most)).map(Cancelled::of);
  }
}
