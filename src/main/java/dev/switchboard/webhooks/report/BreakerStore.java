package dev.switchboard.webhooks.report;

import dev.switchboard.postgres.ArrayColumns;
import dev.switchboard.postgres.Database;
import dev.switchboard.webhooks.registry.BreakerState;
import dev.switchboard.webhooks.registry.BreakerState.Phase;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code webhook_breakers}: the circuit breakers of all nodes that are not closed. A row
 * that its node did not confirm for a minute counts no more. Usable from every event loop.
 */
public final class BreakerStore {
  private static final String SAVE =
      """
      WITH closed AS (
        DELETE FROM webhook_breakers
        WHERE node_id = $1 AND webhook_id <> ALL($2::bigint[])
      )
      INSERT INTO webhook_breakers AS b (webhook_id, node_id, since, next_try_at, seen_at)
      SELECT o.id, $1, clock_timestamp() - o.since * interval '1 ms',
             clock_timestamp() + o.next_try * interval '1 ms', clock_timestamp()
      FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS o(id, since, next_try)
      ORDER BY o.id
      ON CONFLICT (webhook_id, node_id) DO UPDATE
      SET next_try_at = excluded.next_try_at, seen_at = excluded.seen_at,
          since = CASE WHEN excluded.since > b.since + interval '1 s' THEN excluded.since
                  ELSE b.since END\
      """;

  private static final String OF_WEBHOOKS =
      """
      SELECT webhook_id, min(since) AS since, min(next_try_at) AS next_try_at, count(*) AS nodes,
             bool_or(next_try_at > clock_timestamp()) AS open
      FROM webhook_breakers
      WHERE webhook_id = ANY($1) AND seen_at > clock_timestamp() - interval '1 minute'
      GROUP BY webhook_id\
      """;

  private static final String DELETE_OLD =
      "DELETE FROM webhook_breakers WHERE seen_at < clock_timestamp() - interval '1 minute'";

  private final Database database;

  public BreakerStore(Database database) {
    this.database = database;
  }

  /**
   * A breaker of this node that is not closed.
   *
   * @param since how long ago it opened
   * @param nextTry until the next probe may start; null: one may start now, or is in flight
   */
  public record NodeBreaker(long webhook, Duration since, @Nullable Duration nextTry) {}

  /** Replaces the rows of {@code node}. */
  public Future<?> save(UUID node, Collection<NodeBreaker> notClosed) {
    return database.query(
        SAVE,
        ArrayColumns.after(Tuple.of(node), notClosed)
            .bigint(NodeBreaker::webhook)
            .bigint(one -> one.since().toMillis())
            .bigint(BreakerStore::nextTryMillis)
            .tuple());
  }

  private static @Nullable Long nextTryMillis(NodeBreaker breaker) {
    return breaker.nextTry() == null ? null : breaker.nextTry().toMillis();
  }

  /** Reads the breakers of {@code webhooks}; those that are closed everywhere are left out. */
  public Future<Map<Long, BreakerState>> of(List<Long> webhooks) {
    return webhooks.isEmpty()
        ? Future.succeededFuture(Map.of())
        : database
            .query(OF_WEBHOOKS, Tuple.tuple().addArrayOfLong(webhooks.toArray(Long[]::new)))
            .map(
                rows -> {
                  Map<Long, BreakerState> states = new HashMap<>();
                  rows.forEach(row -> states.put(row.getLong("webhook_id"), state(row)));
                  return states;
                });
  }

  private static BreakerState state(Row row) {
    boolean open = Boolean.TRUE.equals(row.getBoolean("open"));
    OffsetDateTime nextTry = row.getOffsetDateTime("next_try_at");
    return new BreakerState(
        open ? Phase.OPEN : Phase.HALF_OPEN,
        row.getOffsetDateTime("since").toInstant(),
        open && nextTry != null ? nextTry.toInstant() : null,
        row.getInteger("nodes"));
  }

  /** Deletes the rows of nodes that died. */
  public Future<?> deleteOld() {
    return database.query(DELETE_OLD);
  }
}
