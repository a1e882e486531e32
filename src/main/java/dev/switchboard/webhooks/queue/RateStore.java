package dev.switchboard.webhooks.queue;

import dev.switchboard.postgres.ArrayColumns;
import dev.switchboard.postgres.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The table {@code webhook_rates}: one token bucket per rate, shared by all nodes, so that the rate
 * holds however many nodes call a receiver. Usable from every event loop.
 */
public final class RateStore {
  /** A bucket that was not used for this long is full, like a missing one. */
  private static final Duration FULL_AFTER = Duration.ofHours(1);

  private static final String TAKE =
      """
      INSERT INTO webhook_rates AS r (scope, per_second, burst, wanted, granted, calls, filled_at)
      SELECT w.scope, w.per_second, w.burst, w.wanted, least(w.wanted, w.burst),
             w.burst - least(w.wanted, w.burst), clock_timestamp()
      FROM unnest($1::text[], $2::int[], $3::int[], $4::int[]) AS w(scope, per_second, burst, wanted)
      ON CONFLICT (scope) DO UPDATE
      SET (per_second, burst, wanted, granted, calls, filled_at) = (
        SELECT excluded.per_second, excluded.burst, excluded.wanted,
               least(excluded.wanted, floor(f.calls)),
               f.calls - least(excluded.wanted, floor(f.calls)), f.now
        FROM (SELECT n.now, least(excluded.burst, r.calls
                + greatest(0, extract(epoch FROM n.now - r.filled_at)) * excluded.per_second) AS calls
              FROM (SELECT clock_timestamp() AS now) n) f)
      RETURNING scope, granted, (greatest(0, 1 - calls) * 1000 / per_second)::int AS wait_ms""";

  private static final String DELETE_FULL =
      "DELETE FROM webhook_rates WHERE filled_at < clock_timestamp() - $1 * interval '1 ms'";

  private final Database database;

  RateStore(Database database) {
    this.database = database;
  }

  /**
   * A request for calls under a rate.
   *
   * @param scope names the bucket
   * @param burst size of the bucket
   */
  public record Wanted(String scope, int perSecond, int burst, int calls) {}

  /**
   * The answer to a request.
   *
   * @param calls calls that the node may make
   * @param waitMillis until the bucket has one more
   */
  public record Granted(String scope, int calls, int waitMillis) {}

  /** Takes calls from their buckets. */
  public Future<List<Granted>> take(List<Wanted> wanted) {
    List<Wanted> sorted = wanted.stream().sorted(Comparator.comparing(Wanted::scope)).toList();
    return database
        .query(
            TAKE,
            ArrayColumns.of(sorted)
                .text(Wanted::scope)
                .integer(Wanted::perSecond)
                .integer(Wanted::burst)
                .integer(Wanted::calls)
                .tuple())
        .map(
            rows -> {
              List<Granted> granted = new ArrayList<>(rows.size());
              for (Row row : rows) {
                granted.add(
                    new Granted(
                        row.getString("scope"),
                        row.getInteger("granted"),
                        row.getInteger("wait_ms")));
              }
              return granted;
            });
  }

  /** Deletes buckets that are full again. */
  public Future<?> deleteFull() {
    return database.query(DELETE_FULL, Tuple.of(FULL_AFTER.toMillis()));
  }
}
