package dev.switchboard.webhooks;

import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.Database;
import dev.switchboard.webhooks.LogQuery.Place;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * What the log of attempts tells, and deliveries made anew from it. Usable from every event loop.
 */
final class LogStore {
  private static final String SHOWN =
      """
      SELECT id, webhook_id, tenant_id, delivery_id, event_id, event, payload, response_code,
             response_body, error, duration_ms, attempt, outcome, created_at
      """;

  /** What any page may be filtered by, beside its own condition. */
  private static final String FILTERED =
      """
      WHERE ($3::text IS NULL OR outcome = $3)
        AND ($4::text IS NULL OR event = $4)
        AND ($5::text IS NULL OR starts_with(error, $5 || ':'))
        AND ($6::int IS NULL OR response_code = $6)
        AND ($7::text IS NULL OR event_id = $7)
        AND created_at >= $8 AND created_at <= $9
        AND (created_at, id) < ($9, $10)
      """;

  private static final String NEWEST_FIRST = " ORDER BY created_at DESC, id DESC LIMIT $11";

  // A statement for each index: the server keeps one plan for all parameters of a statement, and
  // no one plan is good for a webhook's log and for the failures of a tenant.
  private static final String OF_WEBHOOK =
      SHOWN
          + "FROM webhook_logs "
          + FILTERED
          + "AND webhook_id = $1 AND $2::text IS NULL"
          + NEWEST_FIRST;

  private static final String UNDELIVERED =
      SHOWN
          + "FROM webhook_logs "
          + FILTERED
          + "AND webhook_id = $1 AND $2::text IS NULL AND outcome <> 'delivered'"
          + NEWEST_FIRST;

  private static final String GIVEN_UP_OF_TENANT =
      SHOWN
          + "FROM webhook_logs "
          + FILTERED
          + "AND $1::bigint IS NULL AND tenant_id = $2 AND outcome = 'failed'"
          + NEWEST_FIRST;

  private static final String GIVEN_UP =
      SHOWN
          + "FROM webhook_logs "
          + FILTERED
          + "AND $1::bigint IS NULL AND $2::text IS NULL AND outcome = 'failed'"
          + NEWEST_FIRST;

  /** An event has few attempts: all are found first, or the planner would walk the whole log. */
  private static final String OF_EVENT =
      """
      WITH attempted AS MATERIALIZED (
        SELECT * FROM webhook_logs
        WHERE webhook_id = $1 AND event_id = $7 AND $2::text IS NULL)
      """
          + SHOWN
          + "FROM attempted "
          + FILTERED
          + NEWEST_FIRST;

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

  private static final String OF_LOG =
      "SELECT webhook_id FROM webhook_logs WHERE id = $1 ORDER BY created_at DESC LIMIT 1";

  /**
   * The envelope is put together from the logged body: {@code {"event":…,"timestamp":…,"data":…}}
   * ends in the payload and a brace, as an envelope does. What is still owed is only brought
   * forward, so that no event is under way twice.
   */
  private static final String REDELIVER =
      """
      WITH logged AS (
        SELECT l.*, w.tenant_id AS owner, asked.attempt AS last_attempt
        FROM unnest($1::bigint[], $3::int[]) AS asked(log, attempt)
        JOIN webhook_logs l ON l.id = asked.log
        JOIN webhooks w ON w.id = l.webhook_id
        WHERE l.event_id IS NOT NULL AND l.payload IS NOT NULL
      ), owed AS (
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
               sent.at AT TIME ZONE 'UTC', 'waiting', l.last_attempt, $2
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
      SELECT id FROM owed UNION ALL SELECT id FROM fresh""";

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

  private static final Instant LONG_AGO = Instant.parse("2000-01-01T00:00:00Z");
  private static final Duration AHEAD = Duration.ofDays(1);
  private static final int LIVE = 0;
  private static final int AGAIN = 1;

  private final Database database;

  LogStore(Database database) {
    this.database = database;
  }

  /** A page of one webhook's log. */
  Future<JsonObject> ofWebhook(long webhook, LogQuery query, Instant now) {
    boolean undelivered = query.outcome() != null && !query.outcome().equals("delivered");
    String statement = query.eventId() != null ? OF_EVENT : undelivered ? UNDELIVERED : OF_WEBHOOK;
    return page(statement, webhook, null, query, now);
  }

  /** A page of what was given up, of a tenant or, for null, of all. */
  Future<JsonObject> givenUp(@Nullable TenantId tenant, LogQuery query, Instant now) {
    return page(tenant == null ? GIVEN_UP : GIVEN_UP_OF_TENANT, null, tenant, query, now);
  }

  private Future<JsonObject> page(
      String statement,
      @Nullable Long webhook,
      @Nullable TenantId tenant,
      LogQuery query,
      Instant now) {
    Place before = query.before();
    Instant until = query.until() == null ? now.plus(AHEAD) : query.until();
    Tuple parameters =
        Tuple.of(webhook, tenant == null ? null : tenant.value(), query.outcome(), query.event())
            .addString(query.error())
            .addInteger(query.code())
            .addString(query.eventId())
            .addOffsetDateTime(utc(query.since() == null ? LONG_AGO : query.since()))
            .addOffsetDateTime(utc(before == null ? until : before.createdAt()))
            .addLong(before == null ? 0 : before.id())
            .addInteger(query.most());
    return database
        .query(statement, parameters)
        .map(
            rows -> {
              List<Row> page = StreamSupport.stream(rows.spliterator(), false).toList();
              JsonArray logs = new JsonArray();
              page.forEach(row -> logs.add(shown(row)));
              return new JsonObject()
                  .put("logs", logs)
                  .put(
                      "next", page.size() < query.most() ? null : place(page.get(page.size() - 1)));
            });
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static String place(Row row) {
    return new Place(row.getOffsetDateTime("created_at").toInstant(), row.getLong("id")).toString();
  }

  private static JsonObject shown(Row row) {
    return new JsonObject()
        .put("id", row.getLong("id"))
        .put("webhook_id", row.getLong("webhook_id"))
        .put("tenant_id", row.getString("tenant_id"))
        .put("delivery_id", row.getLong("delivery_id"))
        .put("event_id", row.getString("event_id"))
        .put("event", row.getString("event"))
        .put("payload", row.getJson("payload"))
        .put("response_code", row.getInteger("response_code"))
        .put("response_body", row.getString("response_body"))
        .put("error", row.getString("error"))
        .put("duration_ms", row.getInteger("duration_ms"))
        .put("attempt", row.getInteger("attempt"))
        .put("outcome", row.getString("outcome"))
        .put("created_at", WebhookStore.text(row.getOffsetDateTime("created_at")));
  }

  /** How a webhook did over the last hours. */
  Future<JsonObject> stats(long webhook, int hours) {
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
                  .put("next_due_at", WebhookStore.text(owed.getOffsetDateTime("next_due")))
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
              .put("hour", WebhookStore.text(row.getOffsetDateTime("hour")))
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

  /** The webhook whose log has that row. */
  Future<Optional<Long>> webhookOf(long log) {
    return database
        .query(OF_LOG, Tuple.of(log))
        .map(
            rows ->
                rows.size() == 0
                    ? Optional.empty()
                    : Optional.of(rows.iterator().next().getLong("webhook_id")));
  }

  /** Delivers a logged event once more, its attempts numbered on; empty if it can't be. */
  Future<Optional<Long>> redeliver(long log) {
    return database
        .query(LAST_ATTEMPT, Tuple.of(log))
        .compose(
            last ->
                database.query(
                    REDELIVER,
                    Tuple.tuple()
                        .addArrayOfLong(new Long[] {log})
                        .addInteger(LIVE)
                        .addArrayOfInteger(
                            new Integer[] {last.iterator().next().getInteger("attempt")})))
        .map(
            rows ->
                rows.size() == 0
                    ? Optional.empty()
                    : Optional.of(rows.iterator().next().getLong("id")));
  }

  /** What was queued again, and whether more is left than one call takes. */
  record Recovered(int queued, boolean more) {}

  /** Queues every event since then that was given up, behind live traffic. */
  Future<Recovered> recover(long webhook, Instant since, int most) {
    return database
        .query(NEVER_ANSWERED, Tuple.of(webhook, utc(since), most))
        .compose(
            rows -> {
              List<Row> lost = StreamSupport.stream(rows.spliterator(), false).toList();
              if (lost.isEmpty()) {
                return Future.succeededFuture(new Recovered(0, false));
              }
              Long[] ids = lost.stream().map(row -> row.getLong("id")).toArray(Long[]::new);
              Integer[] attempts =
                  lost.stream().map(row -> row.getInteger("attempt")).toArray(Integer[]::new);
              return database
                  .query(
                      REDELIVER,
                      Tuple.tuple()
                          .addArrayOfLong(ids)
                          .addInteger(AGAIN)
                          .addArrayOfInteger(attempts))
                  .map(queued -> new Recovered(queued.size(), lost.size() == most));
            });
  }
}
