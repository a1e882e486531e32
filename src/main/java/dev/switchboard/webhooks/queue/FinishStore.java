package dev.switchboard.webhooks.queue;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.postgres.ArrayColumns;
import dev.switchboard.postgres.Database;
import dev.switchboard.webhooks.call.Attempt;
import dev.switchboard.webhooks.call.Attempt.Result;
import dev.switchboard.webhooks.call.CallRequest;
import dev.switchboard.webhooks.call.DeliveryBody;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Records attempts: the row in the log and, in the same statement, the end of the delivery or the
 * time of its next attempt. Usable from every event loop.
 */
public final class FinishStore {
  /** SQL states of values that a column can't take. */
  private static final String DATA_EXCEPTION = "22";

  private static final String DONE =
      """
      WITH done AS (
        SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::int[],
                             $7::int[], $8::bigint[], $9::text[])
          AS f(id, token, response_code, response_body, error, duration_ms, failures, retry_ms, body)
      )""";

  /** What the log keeps of a row {@code d} and its attempt {@code f}. */
  private static final String RETURNED =
      """
        RETURNING d.id, d.webhook_id, d.tenant_id, d.event_id, d.event, d.attempt, d.cancelled,
                  d.order_key, f.body, f.response_code, f.response_body, f.error, f.duration_ms,
                  f.retry_ms
      )
      """;

  private static final String CLOSED =
      """
      , closed AS (
        DELETE FROM webhook_deliveries d USING done f
        WHERE d.id = f.id AND d.claim_token = f.token AND (f.retry_ms IS NULL OR d.cancelled)
      """
          + RETURNED;

  private static final String POSTPONED =
      """
      , postponed AS (
        UPDATE webhook_deliveries d
        SET state = 'waiting', failures = f.failures, called = true,
            due_at = clock_timestamp() + f.retry_ms * interval '1 ms',
            claim_token = NULL, lease_until = NULL
        FROM done f
        WHERE d.id = f.id AND d.claim_token = f.token AND f.retry_ms IS NOT NULL AND NOT d.cancelled
      """
          + RETURNED;

  /** A delivery that was parked behind one that ended is due now. */
  private static final String UNPARKED =
      """
      , unparked AS (
        UPDATE webhook_deliveries n SET due_at = clock_timestamp()
        FROM (SELECT webhook_id, order_key, max(id) AS id FROM closed
              WHERE order_key IS NOT NULL GROUP BY webhook_id, order_key) c
        CROSS JOIN LATERAL (
          SELECT q.id FROM webhook_deliveries q
          WHERE q.webhook_id = c.webhook_id AND q.order_key = c.order_key AND q.id > c.id
            AND q.state <> 'withdrawn'
          ORDER BY q.id LIMIT 1) next
        WHERE n.id = next.id AND n.state = 'waiting' AND n.due_at = 'infinity'
      )
      """;

  private static final String LOGGED =
      """
      INSERT INTO webhook_logs (webhook_id, tenant_id, delivery_id, event_id, event, payload,
        response_code, response_body, error, duration_ms, attempt, outcome)
      SELECT webhook_id, tenant_id, id, event_id, event, body::json,
             response_code, response_body, error, duration_ms, attempt,
             CASE WHEN retry_ms IS NOT NULL AND cancelled THEN 'cancelled'
                  WHEN retry_ms IS NOT NULL THEN 'retrying'
                  WHEN error IS NULL THEN 'delivered' ELSE 'failed' END
      FROM %s
      RETURNING delivery_id""";

  /** Logs attempts whose claim still holds, and ends or postpones their deliveries. */
  private static final String FINISH =
      DONE
          + CLOSED
          + POSTPONED
          + UNPARKED
          + LOGGED.formatted("(SELECT * FROM closed UNION ALL SELECT * FROM postponed) attempts");

  /** The same where nothing follows, neither another attempt nor the next delivery of a key. */
  private static final String FINISH_LAST = DONE + CLOSED + LOGGED.formatted("closed");

  private final Database database;

  FinishStore(Database database) {
    this.database = database;
  }

  /**
   * Records attempts.
   *
   * @return for each, whether its claim still held; if not, it was not recorded
   */
  public Future<List<Boolean>> finish(List<AttemptRecord> attempts) {
    return record(attempts, FinishStore::bodyText)
        .recover(
            failure ->
                attempts.size() == 1 && isBadData(failure)
                    ? record(List.of(unrecordable(attempts.get(0))), attemptRecord -> null)
                    : Future.failedFuture(failure));
  }

  private static boolean isBadData(Throwable failure) {
    return failure instanceof PgException refused
        && String.valueOf(refused.getSqlState()).startsWith(DATA_EXCEPTION);
  }

  /** A delivery that the log can't keep would otherwise be called again for ever. */
  private static AttemptRecord unrecordable(AttemptRecord attemptRecord) {
    ClaimedDelivery delivery = attemptRecord.delivery();
    Attempt attempt = attemptRecord.attempt();
    Attempt logged =
        new Attempt(
            Result.FINAL,
            attempt.responseCode(),
            null,
            "malformed: the delivery holds what the log can't keep",
            attempt.durationMillis());
    return new AttemptRecord(delivery, logged, attemptRecord.failures(), null);
  }

  private Future<List<Boolean>> record(
      List<AttemptRecord> attempts, Function<AttemptRecord, @Nullable String> body) {
    return database
        .query(
            areLast(attempts) ? FINISH_LAST : FINISH,
            ArrayColumns.of(attempts)
                .bigint(one -> one.delivery().id())
                .uuid(one -> one.delivery().token())
                .integer(one -> one.attempt().responseCode())
                .text(one -> one.attempt().responseBody())
                .text(one -> one.attempt().error())
                .integer(one -> one.attempt().durationMillis())
                .integer(AttemptRecord::failures)
                .bigint(FinishStore::retryMillis)
                .text(body)
                .tuple())
        .map(rows -> recorded(attempts, rows));
  }

  private static boolean areLast(List<AttemptRecord> attempts) {
    return attempts.stream().allMatch(one -> one.retryAfter() == null && !one.delivery().ordered());
  }

  private static List<Boolean> recorded(List<AttemptRecord> attempts, Iterable<Row> rows) {
    Set<Long> recorded = new HashSet<>();
    rows.forEach(row -> recorded.add(row.getLong("delivery_id")));
    return attempts.stream().map(f -> recorded.contains(f.delivery().id())).toList();
  }

  private static @Nullable Long retryMillis(AttemptRecord attemptRecord) {
    return attemptRecord.retryAfter() == null ? null : attemptRecord.retryAfter().toMillis();
  }

  private static String bodyText(AttemptRecord attemptRecord) {
    return new String(
        DeliveryBody.of(CallRequest.of(attemptRecord.delivery())), StandardCharsets.UTF_8);
  }
}
