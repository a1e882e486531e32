package dev.switchboard.webhooks.admin;

import dev.switchboard.postgres.Database;
import dev.switchboard.webhooks.admin.WebhookStats.Count;
import dev.switchboard.webhooks.admin.WebhookStats.Durations;
import dev.switchboard.webhooks.admin.WebhookStats.Hour;
import dev.switchboard.webhooks.registry.BreakerState;
import dev.switchboard.webhooks.report.BreakerStore;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sums up the log of a webhook's attempts. Usable from every event loop. */
final class StatsStore {
  private static final String TOTALS =
      """
      SELECT count(*) AS attempts,
             count(*) FILTER (WHERE response_code BETWEEN 200 AND 299) AS successful,
             count(*) FILTER (WHERE outcome = 'failed') AS given_up,
             percentile_disc(ARRAY[0.5, 0.9, 0.95, 0.99]::float8[]) WITHIN GROUP (ORDER BY duration_ms)
               FILTER (WHERE response_code IS NOT NULL) AS percentiles
      FROM webhook_logs
      WHERE webhook_id = $1 AND created_at > now() - $2 * interval '1 hour'\
      """;

  private static final String BY_HOUR =
      """
      SELECT date_trunc('hour', created_at) AS hour, count(*) AS attempts,
             count(*) FILTER (WHERE response_code BETWEEN 200 AND 299) AS successful
      FROM webhook_logs
      WHERE webhook_id = $1 AND created_at > now() - $2 * interval '1 hour'
      GROUP BY 1 ORDER BY 1\
      """;

  private static final String BY_ERROR =
      """
      SELECT split_part(error, ':', 1) AS class, count(*) AS attempts
      FROM webhook_logs
      WHERE webhook_id = $1 AND created_at > now() - $2 * interval '1 hour'
        AND outcome <> 'delivered' AND error IS NOT NULL
      GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20\
      """;

  private static final String PENDING =
      """
      SELECT count(*) AS pending, min(due_at) AS next_due FROM webhook_deliveries
      WHERE webhook_id = $1 AND state <> 'withdrawn'\
      """;

  private final Database database;
  private final BreakerStore breakers;

  StatsStore(Database database) {
    this.database = database;
    this.breakers = new BreakerStore(database);
  }

  /** Sums up the attempts of the last {@code hours}. */
  Future<WebhookStats> of(long webhook, int hours) {
    Tuple parameters = Tuple.of(webhook, hours);
    return Future.all(
            database.query(TOTALS, parameters),
            database.query(BY_HOUR, parameters),
            database.query(BY_ERROR, parameters),
            database.query(PENDING, Tuple.of(webhook)),
            breakers.of(List.of(webhook)))
        .map(
            all -> {
              Row totals = all.<Iterable<Row>>resultAt(0).iterator().next();
              Row pending = all.<Iterable<Row>>resultAt(3).iterator().next();
              OffsetDateTime nextDue = pending.getOffsetDateTime("next_due");
              return new WebhookStats(
                  webhook,
                  hours,
                  count(totals),
                  totals.getLong("given_up"),
                  durations(totals.getArrayOfIntegers("percentiles")),
                  pending.getLong("pending"),
                  nextDue == null ? null : nextDue.toInstant(),
                  all.<Map<Long, BreakerState>>resultAt(4)
                      .getOrDefault(webhook, BreakerState.CLOSED),
                  byHour(all.resultAt(1)),
                  byError(all.resultAt(2)));
            });
  }

  private static Count count(Row row) {
    return new Count(row.getLong("attempts"), row.getLong("successful"));
  }

  private static Durations durations(Integer @Nullable [] percentiles) {
    return percentiles == null
        ? Durations.NONE
        : new Durations(percentiles[0], percentiles[1], percentiles[2], percentiles[3]);
  }

  private static List<Hour> byHour(Iterable<Row> rows) {
    List<Hour> hours = new ArrayList<>();
    rows.forEach(row -> hours.add(new Hour(row.getOffsetDateTime("hour").toInstant(), count(row))));
    return hours;
  }

  private static Map<String, Long> byError(Iterable<Row> rows) {
    Map<String, Long> errors = new LinkedHashMap<>();
    rows.forEach(row -> errors.put(row.getString("class"), row.getLong("attempts")));
    return errors;
  }
}
