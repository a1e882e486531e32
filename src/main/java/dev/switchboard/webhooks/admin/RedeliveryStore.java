package dev.switchboard.webhooks.admin;

import dev.switchboard.postgres.ArrayColumns;
import dev.switchboard.postgres.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** Queues logged deliveries again. Usable from every event loop. */
final class RedeliveryStore {
  /**
   * The envelope is put together from the logged body: {@code {"event":…,"timestamp":…,"data":…}}
   * ends in the payload and a brace, as an envelope does. A delivery that is still pending is only
   * brought forward, so that no event is queued twice.
   */
  private static final String REDELIVER =
      """
      WITH logged AS (
        SELECT l.*, w.tenant_id AS owner, asked.attempt AS last_attempt
        FROM unnest($1::bigint[], $2::int[]) AS asked(log, attempt)
        JOIN webhook_logs l ON l.id = asked.log
        JOIN webhooks w ON w.id = l.webhook_id
        WHERE l.event_id IS NOT NULL AND l.payload IS NOT NULL
      ), pending AS (
        UPDATE webhook_deliveries d SET due_at = clock_timestamp()
        FROM logged l
        WHERE d.tenant_id = l.owner AND d.event_id = l.event_id AND d.webhook_id = l.webhook_id
          AND d.state = 'waiting'
        RETURNING d.id
      ), fresh AS (
        INSERT INTO webhook_deliveries
          (webhook_id, tenant_id, event_id, event, envelope, accepted_at, state, attempt, priority)
        SELECT l.webhook_id, l.owner, l.event_id, l.event,
               '"event_id":"' || l.event_id || '","type":"' || l.event || '","tenant_id":"' || l.owner
                 || '","timestamp":"' || to_char(sent.at, 'YYYY-MM-DD"T"HH24:MI:SS.000"Z"')
                 || '","payload":'
                 || substr(l.payload::text, strpos(l.payload::text, ',"data":') + 8),
               sent.at AT TIME ZONE 'UTC', 'waiting', l.last_attempt, $3
        FROM logged l
        CROSS JOIN LATERAL (
          SELECT to_timestamp(substring(l.payload::text FROM '"timestamp":([0-9]+)')::bigint)
            AT TIME ZONE 'UTC' AS at) sent
        WHERE NOT EXISTS (
          SELECT FROM webhook_deliveries d
          WHERE d.tenant_id = l.owner AND d.event_id = l.event_id AND d.webhook_id = l.webhook_id
            AND d.state <> 'withdrawn')
        RETURNING id
      )
      SELECT id FROM pending UNION ALL SELECT id FROM fresh""";

  private static final String LAST_ATTEMPT =
      """
      SELECT coalesce(max(o.attempt), 1) AS attempt
      FROM webhook_logs l
      JOIN webhook_logs o ON o.webhook_id = l.webhook_id AND o.event_id = l.event_id
        AND o.created_at >= l.created_at - interval '7 days'
      WHERE l.id = $1""";

  /** OFFSET 0 has each event looked up by its index, and only until there are enough. */
  private static final String NEVER_ANSWERED =
      """
      SELECT lost.id, lost.attempt
      FROM (
        SELECT event_id, max(id) AS id, max(attempt) AS attempt
        FROM webhook_logs
        WHERE webhook_id = $1 AND created_at >= $2 AND event_id IS NOT NULL
          AND outcome = 'failed' AND outcome <> 'delivered'
        GROUP BY event_id ORDER BY 2) lost
      WHERE NOT EXISTS (
        SELECT FROM webhook_logs o
        WHERE o.event_id = lost.event_id AND o.webhook_id = $1 AND o.created_at >= $2
          AND o.response_code BETWEEN 200 AND 299 OFFSET 0)
      LIMIT $3""";

  private static final int LIVE = 0;
  private static final int BEHIND_LIVE = 1;

  private final Database database;

  RedeliveryStore(Database database) {
    this.database = database;
  }

  /** A row of the log, and the number of the last attempt at its event. */
  private record Logged(long id, int lastAttempt) {}

  /**
   * Queues the delivery of the row {@code log} again, with attempts numbered on; empty if it is in
   * flight or its webhook is gone.
   *
   * @return id of the delivery
   */
  Future<Optional<Long>> redeliver(long log) {
    return database
        .query(LAST_ATTEMPT, Tuple.of(log))
        .map(rows -> new Logged(log, rows.iterator().next().getInteger("attempt")))
        .compose(logged -> redeliver(List.of(logged), LIVE))
        .map(
            rows ->
                rows.size() == 0
                    ? Optional.empty()
                    : Optional.of(rows.iterator().next().getLong("id")));
  }

  /** Queues at most {@code limit} events since then that were given up, behind live traffic. */
  Future<Recovery> recover(long webhook, Instant since, int limit) {
    return database
        .query(NEVER_ANSWERED, Tuple.of(webhook, since.atOffset(ZoneOffset.UTC), limit))
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false)
                    .map(row -> new Logged(row.getLong("id"), row.getInteger("attempt")))
                    .toList())
        .compose(
            lost ->
                lost.isEmpty()
                    ? Future.succeededFuture(new Recovery(0, false))
                    : redeliver(lost, BEHIND_LIVE)
                        .map(queued -> new Recovery(queued.size(), lost.size() == limit)));
  }

  private Future<RowSet<Row>> redeliver(List<Logged> logged, int priority) {
    return database.query(
        REDELIVER,
        ArrayColumns.of(logged)
            .bigint(Logged::id)
            .integer(Logged::lastAttempt)
            .tuple()
            .addInteger(priority));
  }
}
