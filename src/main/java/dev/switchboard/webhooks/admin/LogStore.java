package dev.switchboard.webhooks.admin;

import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.Database;
import dev.switchboard.postgres.NamedStatement;
import dev.switchboard.webhooks.admin.LogQuery.Cursor;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Reads pages of the log of attempts, newest first. Usable from every event loop. */
final class LogStore {
  private static final String COLUMNS =
      """
      SELECT id, webhook_id, tenant_id, delivery_id, event_id, event, payload, response_code,
             response_body, error, duration_ms, attempt, outcome, created_at
      """;

  /** The filters of every page, in addition to its own condition. */
  private static final String FILTERED =
      """
      WHERE (:outcome::text IS NULL OR outcome = :outcome)
        AND (:event::text IS NULL OR event = :event)
        AND (:error::text IS NULL OR starts_with(error, :error || ':'))
        AND (:code::int IS NULL OR response_code = :code)
        AND (:event_id::text IS NULL OR event_id = :event_id)
        AND created_at >= :since AND created_at <= :before_time
        AND (created_at, id) < (:before_time, :before_id)
      """;

  private static final String NEWEST_FIRST = " ORDER BY created_at DESC, id DESC LIMIT :limit";

  // A statement for each index: the server keeps one plan for all parameters of a statement, and
  // no one plan is good for a webhook's log and for the failures of a tenant.
  private static final NamedStatement OF_WEBHOOK = statement("AND webhook_id = :webhook_id");
  private static final NamedStatement UNDELIVERED =
      statement("AND webhook_id = :webhook_id AND outcome <> 'delivered'");
  private static final NamedStatement GIVEN_UP_OF_TENANT =
      statement("AND tenant_id = :tenant_id AND outcome = 'failed'");
  private static final NamedStatement GIVEN_UP = statement("AND outcome = 'failed'");

  /** An event has few attempts: all are found first, or the planner would scan the whole log. */
  private static final NamedStatement OF_EVENT =
      NamedStatement.of(
          """
          WITH attempted AS MATERIALIZED (
            SELECT * FROM webhook_logs WHERE webhook_id = :webhook_id AND event_id = :event_id)
          """
              + COLUMNS
              + "FROM attempted "
              + FILTERED
              + NEWEST_FIRST);

  private static final String OF_LOG =
      "SELECT webhook_id FROM webhook_logs WHERE id = $1 ORDER BY created_at DESC LIMIT 1";

  private static final Instant LONG_AGO = Instant.parse("2000-01-01T00:00:00Z");
  private static final Duration AHEAD = Duration.ofDays(1);

  private final Database database;

  LogStore(Database database) {
    this.database = database;
  }

  private static NamedStatement statement(String condition) {
    return NamedStatement.of(COLUMNS + "FROM webhook_logs " + FILTERED + condition + NEWEST_FIRST);
  }

  /** Reads a page of one webhook's log. */
  Future<AttemptPage> ofWebhook(long webhook, LogQuery query, Instant now) {
    boolean undelivered = query.outcome() != null && !query.outcome().equals("delivered");
    NamedStatement statement =
        query.eventId() != null ? OF_EVENT : undelivered ? UNDELIVERED : OF_WEBHOOK;
    Map<String, @Nullable Object> values = values(query, now);
    values.put("webhook_id", webhook);
    return read(statement, values, query.limit());
  }

  /** Reads a page of deliveries that were given up; {@code tenant} null: of all tenants. */
  Future<AttemptPage> givenUp(@Nullable TenantId tenant, LogQuery query, Instant now) {
    Map<String, @Nullable Object> values = values(query, now);
    values.put("tenant_id", tenant == null ? null : tenant.value());
    return read(tenant == null ? GIVEN_UP : GIVEN_UP_OF_TENANT, values, query.limit());
  }

  private static Map<String, @Nullable Object> values(LogQuery query, Instant now) {
    Cursor before = query.before();
    Instant until = query.until() == null ? now.plus(AHEAD) : query.until();
    Map<String, @Nullable Object> values = new HashMap<>();
    values.put("outcome", query.outcome());
    values.put("event", query.event());
    values.put("error", query.error());
    values.put("code", query.code());
    values.put("event_id", query.eventId());
    values.put("since", utc(query.since() == null ? LONG_AGO : query.since()));
    values.put("before_time", utc(before == null ? until : before.createdAt()));
    values.put("before_id", before == null ? 0L : before.id());
    values.put("limit", query.limit());
    return values;
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private Future<AttemptPage> read(
      NamedStatement statement, Map<String, @Nullable Object> values, int limit) {
    return database
        .query(statement.sql(), statement.bind(values))
        .map(
            rows -> StreamSupport.stream(rows.spliterator(), false).map(LogStore::attempt).toList())
        .map(attempts -> page(attempts, limit));
  }

  private static AttemptPage page(List<LoggedAttempt> attempts, int limit) {
    if (attempts.size() < limit) {
      return new AttemptPage(attempts, null);
    }
    LoggedAttempt last = attempts.get(attempts.size() - 1);
    return new AttemptPage(attempts, new Cursor(last.createdAt(), last.id()));
  }

  private static LoggedAttempt attempt(Row row) {
    return new LoggedAttempt(
        row.getLong("id"),
        row.getLong("webhook_id"),
        row.getString("tenant_id"),
        row.getLong("delivery_id"),
        row.getString("event_id"),
        row.getString("event"),
        row.getJson("payload"),
        row.getInteger("response_code"),
        row.getString("response_body"),
        row.getString("error"),
        row.getInteger("duration_ms"),
        row.getInteger("attempt"),
        row.getString("outcome"),
        row.getOffsetDateTime("created_at").toInstant());
  }

  /** Finds the id of the webhook whose log has the row {@code log}. */
  Future<Optional<Long>> webhookOf(long log) {
    return database
        .query(OF_LOG, Tuple.of(log))
        .map(
            rows ->
                rows.size() == 0
                    ? Optional.empty()
                    : Optional.of(rows.iterator().next().getLong("webhook_id")));
  }
}
