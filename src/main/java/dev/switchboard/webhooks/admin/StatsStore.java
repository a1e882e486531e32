package dev.switchboard.webhooks.admin;

import dev.switchboard.postgres.Database;
import dev.switchboard.webhooks.registry.WebhookRow;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import org.jspecify.annotations.Nullable;

/** What the log of a webhook's attempts comes to in numbers. Usable from every event loop. */
public final class StatsStore {
  private static final String TOTALS =
      """
      SELECT count(*) AS attempts,
             count(*) FILTER (WHERE response_code BETWEEN 200 AND 299) AS successful,
             count(*) FILTER (WHERE outcome = 'failed') AS given_up,
             percentile_disc(ARRAY[0.5, 0.9, 0.95, 0.99]::float8[]) WITHIN GROUP (ORDER BY duration_ms)
               FILTER (WHERE response_code IS NOT NULL) AS percentiles
      FROM webhook_logs
      WHERE webhook_id = $1 AND created_at > now() - $2 * interval '1 hour'""";

  private static final String BY_HOUR =
      """
      SELECT date_trunc('hour', created_at) AS hour, count(*) AS attempts,
             count(*) FILTER (WHERE response_code BETWEEN 200 AND 299) AS successful
      FROM webhook_logs
      WHERE webhook_id = $1 AND created_at > now() - $2 * interval '1 hour'
      GROUP BY 1 ORDER BY 1""";

  private static final String BY_ERROR =
      """
      SELECT split_part(error, ':', 1) AS class, count(*) AS attempts
      FROM webhook_logs
      WHERE webhook_id = $1 AND created_at > now() - $2 * interval '1 hour'
        AND outcome <> 'delivered' AND error IS NOT NULL
      GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20""";

  private static final String OWED =
      """
      SELECT count(*) AS owed, min(due_at) AS next_due FROM webhook_deliveries
      WHERE webhook_id = $1 AND state <> 'withdrawn'""";

  private final Database database;

  public StatsStore(Database database) {
    this.database = database;
  }

  /** How a webhook did over the last hours. */
  Future<JsonObject> of(long webhook, int hours) {
    Tuple parameters = Tuple.of(webhook, hours);
    return Future.all(
            database.query(TOTALS, parameters),
            database.query(BY_HOUR, parameters),
            database.query(BY_ERROR, parameters),
            database.query(OWED, Tuple.of(webhook)))
        .map(
            all -> {
              Row totals = all.<Iterable<Row>>resultAt(0).iterator().next();
              Row owed = all.<Iterable<Row>>resultAt(3).iterator().next();
              return totals(totals)
                  .put("webhook_id", webhook)
                  .put("hours", hours)
                  .put("owed", owed.getLong("owed"))
                  .put("next_due_at", WebhookRow.text(owed.getOffsetDateTime("next_due")))
                  .put("by_hour", hours(all.resultAt(1)))
                  .put("by_error", errors(all.resultAt(2)));
            });
  }

  private static JsonObject totals(Row row) {
    long attempts = row.getLong("attempts");
    long successful = row.getLong("successful");
    Integer[] percentiles = row.getArrayOfIntegers("percentiles");
    JsonObject duration = new JsonObject();
    String[] names = {"p50", "p90", "p95", "p99"};
    for (int i = 0; i < names.length; i++) {
      duration.put(names[i], percentiles == null ? null : percentiles[i]);
    }
    return new JsonObject()
        .put("attempts", attempts)
        .put("successful", successful)
        .put("given_up", row.getLong("given_up"))
        .put("success_rate", rate(successful, attempts))
        .put("duration_ms", duration);
  }

  /** Per cent, with two digits; null if there was nothing. */
  private static @Nullable Double rate(long successful, long attempts) {
    return attempts == 0 ? null : Math.round(10_000.0 * successful / attempts) / 100.0;
  }

  private static JsonArray hours(Iterable<Row> rows) {
    JsonArray hours = new JsonArray();
    for (Row row : rows) {
      long attempts = row.getLong("attempts");
      long successful = row.getLong("successful");
      hours.add(
          new JsonObject()
              .put("hour", WebhookRow.text(row.getOffsetDateTime("hour")))
              .put("attempts", attempts)
              .put("successful", successful)
              .put("success_rate", rate(successful, attempts)));
    }
    return hours;
  }

  private static JsonObject errors(Iterable<Row> rows) {
    JsonObject errors = new JsonObject();
    for (Row row : rows) {
      errors.put(row.getString("class"), row.getLong("attempts"));
    }
    return errors;
  }
}
