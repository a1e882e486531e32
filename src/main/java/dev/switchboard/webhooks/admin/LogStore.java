package dev.switchboard.webhooks.admin;

import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.Database;
import dev.switchboard.webhooks.admin.LogQuery.Place;
import dev.switchboard.webhooks.registry.WebhookRow;
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

/** Pages of the log of attempts, newest first. Usable from every event loop. */
public final class LogStore {
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

  private static final String OF_LOG =
      "SELECT webhook_id FROM webhook_logs WHERE id = $1 ORDER BY created_at DESC LIMIT 1";

  private static final Instant LONG_AGO = Instant.parse("2000-01-01T00:00:00Z");
  private static final Duration AHEAD = Duration.ofDays(1);

  private final Database database;

  public LogStore(Database database) {
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
        .put("created_at", WebhookRow.text(row.getOffsetDateTime("created_at")));
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
}
