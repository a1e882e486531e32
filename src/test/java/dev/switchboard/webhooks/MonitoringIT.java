package dev.switchboard.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users' monitoring queries and the pages of the API over a month of logs. A few thousand rows
 * here; {@code scripts/monitoring} makes it ten million and prints times and plans.
 */
@SuppressWarnings("NullAway.Init")
class MonitoringIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final Logger log = LoggerFactory.getLogger(MonitoringIT.class);
  private static final long ROWS = Long.getLong("switchboard.logs.rows", 6_000L);
  private static final int DAYS = 30;
  private static final int WEBHOOKS = 200;
  private static final long WEBHOOK = 42;
  private static final String TENANT = "tenant-2";
  private static final String ADMIN = TestTokens.user(TENANT, "1", "admin");

  /** As the users write them. */
  private static final Map<String, String> QUERIES =
      Map.of(
          "newest attempts of a webhook",
          "SELECT * FROM webhook_logs WHERE webhook_id = 42 ORDER BY created_at DESC LIMIT 10",
          "errors of an hour",
          "SELECT w.name, wl.event, wl.error, wl.created_at FROM webhook_logs wl JOIN webhooks w ON"
              + " w.id = wl.webhook_id WHERE wl.response_code >= 400 AND wl.created_at > NOW() -"
              + " INTERVAL '1 hour' ORDER BY wl.created_at DESC",
          "success rates of a day",
          "SELECT w.name, COUNT(*) AS total_deliveries, SUM(CASE WHEN wl.response_code BETWEEN 200"
              + " AND 299 THEN 1 ELSE 0 END) AS successful, ROUND(100.0 * SUM(CASE WHEN"
              + " wl.response_code BETWEEN 200 AND 299 THEN 1 ELSE 0 END) / COUNT(*), 2) AS"
              + " success_rate FROM webhook_logs wl JOIN webhooks w ON w.id = wl.webhook_id WHERE"
              + " wl.created_at > NOW() - INTERVAL '24 hours' GROUP BY w.id, w.name");

  private static TestNode node;

  @BeforeAll
  static void fill() {
    stores
        .postgres()
        .execute(
            "INSERT INTO webhooks (id, tenant_id, name, url, is_active) SELECT n, 'tenant-' || n %"
                + " 20, 'webhook ' || n, 'http://127.0.0.1:9/', false FROM generate_series(1, "
                + WEBHOOKS
                + ") n");
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    for (int age = 0; age <= DAYS; age++) {
      fillDay(today.minusDays(age), age);
    }
    stores
        .postgres()
        .execute(
            "INSERT INTO webhook_logs (webhook_id, tenant_id, event, response_code, error, created_at)"
                + " VALUES (42, 'tenant-2', 'call.ended', 404, 'http_4xx: 404', now() - interval '1 minute')");
    stores.postgres().execute("VACUUM ANALYZE webhook_logs");
    node = TestNode.start(TestNode.config(stores));
  }

  /** Rows of one day, evenly from its first second to its last, or to now; half of one webhook. */
  private static void fillDay(LocalDate day, int age) {
    String from = "timestamptz '" + day + " 00:00:00+00'";
    stores
        .postgres()
        .execute(
            "CREATE TABLE webhook_logs_"
                + DateTimeFormatter.BASIC_ISO_DATE.format(day)
                + " PARTITION OF webhook_logs FOR VALUES FROM ('"
                + day
                + " 00:00:00+00') TO ('"
                + day.plusDays(1)
                + " 00:00:00+00')");
    stores
        .postgres()
        .execute(
            """
            INSERT INTO webhook_logs (webhook_id, tenant_id, delivery_id, event_id, event, payload,
              response_code, response_body, error, duration_ms, attempt, outcome, created_at)
            SELECT w, 'tenant-' || w % 20, n, 'event-' || n, 'call.incoming',
                   '{"event":"call.incoming","timestamp":1729866000,"data":{"caller_id":"+1234567890"}}',
                   code, NULL,
                   CASE WHEN code IS NULL THEN 'timeout_headers: no end within 30 s'
                        WHEN code >= 500 THEN 'http_5xx: 503 Service Unavailable'
                        WHEN code >= 400 THEN 'http_4xx: 404 Not Found' END,
                   5 + n % 400, 1 + n % 4,
                   CASE WHEN code = 200 THEN 'delivered' WHEN code = 404 THEN 'failed' ELSE 'retrying' END,
                   {from} + (n % {rows}) * least(interval '1 day', now() - {from}) / {rows}
            FROM generate_series({age} * {rows}::bigint, ({age} + 1) * {rows}::bigint - 1) n
            CROSS JOIN LATERAL (SELECT hashint8(n)::bigint & 2147483647 AS h) hashed
            CROSS JOIN LATERAL (
              SELECT CASE WHEN h % 2 = 0 THEN {webhook} ELSE 1 + h / 2 % {webhooks} END AS w,
                     CASE WHEN h / 7 % 100 < 94 THEN 200 WHEN h / 7 % 100 < 97 THEN 503
                          WHEN h / 7 % 100 < 99 THEN 404 END AS code) made"""
                .replace("{from}", from)
                .replace("{rows}", Long.toString(perDay()))
                .replace("{age}", Integer.toString(age))
                .replace("{webhook}", Long.toString(WEBHOOK))
                .replace("{webhooks}", Integer.toString(WEBHOOKS)));
  }

  private static long perDay() {
    return ROWS / (DAYS + 1);
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  @Test
  void documentedQueriesRunUnchangedOnALargeLog() {
    QUERIES.forEach(
        (name, sql) -> {
          List<?> rows = timed(name, () -> stores.postgres().query(sql));
          assertThat(rows).as(name).isNotEmpty();
          if (ROWS > 1_000_000) {
            stores
                .postgres()
                .query("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) " + sql)
                .forEach(line -> log.warn("{}", line.get(0)));
          }
        });
  }

  @Test
  void pagesOfALogListEveryAttemptOnceAndInOrder() {
    long inLog =
        Long.parseLong(
            stores
                .postgres()
                .value("SELECT count(*) FROM webhook_logs WHERE webhook_id = " + WEBHOOK));

    assertThat(walk("/api/v1/webhooks/" + WEBHOOK + "/logs?", 0)).isEqualTo(Math.min(inLog, 5_000));
  }

  @Test
  void failedDeliveriesArePagedOverAllWebhooksOfATenant() {
    long inLog =
        Long.parseLong(
            stores
                .postgres()
                .value(
                    "SELECT count(*) FROM webhook_logs WHERE outcome = 'failed' AND tenant_id = '"
                        + TENANT
                        + "'"));

    assertThat(walk("/api/v1/webhooks/failed?", 0)).isEqualTo(Math.min(inLog, 5_000));
  }

  @Test
  void filtersAndStatisticsAnswerOnALargeLog() {
    String one = "/api/v1/webhooks/" + WEBHOOK;
    for (String query :
        List.of(
            "/logs?status=failed",
            "/logs?code=503",
            "/logs?error=timeout_headers",
            "/logs?event_id=event-7",
            "/logs?event=ticket.created",
            "/stats?hours=1",
            "/stats?hours=24",
            "/stats?hours=720")) {
      // More than a handful: a plan that the server keeps must be good too.
      for (int i = 0; i < 7; i++) {
        JsonObject unused = timed(query, () -> get(one + query));
      }
    }
    assertThat(get(one + "/stats?hours=720").getLong("attempts")).isPositive();
  }

  /** Pages of 100, at most 50 of them; answers how many rows came, none twice, newest first. */
  private static long walk(String path, int start) {
    Set<Long> seen = new HashSet<>();
    Instant last = Instant.MAX;
    String cursor = "";
    for (int page = start; page < 50; page++) {
      String address = path + "limit=100" + cursor;
      JsonObject answer = timed(path + " page " + page, () -> get(address));
      JsonArray logs = answer.getJsonArray("logs");
      for (int i = 0; i < logs.size(); i++) {
        JsonObject row = logs.getJsonObject(i);
        assertThat(seen.add(row.getLong("id"))).isTrue();
        Instant at = Instant.parse(row.getString("created_at"));
        assertThat(at).isBeforeOrEqualTo(last);
        last = at;
      }
      if (answer.getString("next") == null) {
        break;
      }
      cursor = "&cursor=" + answer.getString("next");
    }
    return seen.size();
  }

  private static JsonObject get(String path) {
    HttpResponse<String> response = node.get(path, ADMIN);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return new JsonObject(response.body());
  }

  private static <T> T timed(String what, Supplier<T> action) {
    long started = System.nanoTime();
    T result = action.get();
    if (ROWS > 1_000_000) {
      log.warn(
          String.format(
              Locale.ROOT,
              "%-45s %8.1f ms",
              what,
              (System.nanoTime() - started) / (double) TimeUnit.MILLISECONDS.toNanos(1)));
    }
    return result;
  }
}
