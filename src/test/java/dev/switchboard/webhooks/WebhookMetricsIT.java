package dev.switchboard.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The metrics of the queue and of the calls in {@code /metrics}. */
@SuppressWarnings("NullAway.Init")
class WebhookMetricsIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String TENANT = "tenant-measured";
  private static final String PREFIX = "switchboard_webhooks_";
  private static TestNode node;

  private final WebhookTable webhooks = new WebhookTable(stores, TENANT);

  @BeforeAll
  static void startNode() {
    JsonObject config = TestNode.config(stores);
    config
        .getJsonObject("webhooks")
        .put("maxPerWebhook", 1)
        .put("leaseMargin", "60s")
        .put("breakerMinCalls", 3)
        .put("breakerPause", "600s");
    node = TestNode.start(config);
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  @Test
  void waitingDeliveriesAreMeasuredOnTheNodeAndInTheQueue() {
    try (BadReceiver hanging = new BadReceiver((socket, out) -> BadReceiver.hang())) {
      long webhook = webhooks.insert(hanging.url(), "timeout = 120");
      Waiting.until("the call is in flight", () -> publishUntilCalled(hanging));
      publish(202);
      publish(202);

      insertDelivery(webhook, "due-for-an-hour", "'waiting'", "now() - interval '1 hour'");
      insertDelivery(webhook, "due-much-later", "'waiting'", "now() + interval '1 day'");

      Waiting.until("the call counts", () -> value("in_flight") == 1);
      Waiting.until("two wait here", () -> value("ready") >= 2);
      Waiting.until("two wait in the queue", () -> value("owed{state=\"waiting\"}") >= 2);
      assertThat(value("owed{state=\"claimed\"}")).isGreaterThanOrEqualTo(3);
      assertThat(value("oldest_due_seconds")).isBetween(3_600.0, 7_200.0);

      stores.postgres().execute("UPDATE webhooks SET is_active = false WHERE id = " + webhook);

      Waiting.until("what is paused is not late", () -> value("oldest_due_seconds") == 0);
    }
  }

  private boolean publishUntilCalled(BadReceiver receiver) {
    if (webhooks.pendingOfTenant() == 0) {
      publish(202);
    }
    return receiver.calls() == 1;
  }

  @Test
  void attemptsAreCountedByOutcomeAndErrorAndTimed() {
    try (BadReceiver failing =
        new BadReceiver(
            (socket, out) ->
                BadReceiver.write(
                    out, "HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))) {
      double failed = value("attempts_total{error=\"http_5xx\",outcome=\"failed\"}");
      double retrying = value("attempts_total{error=\"http_5xx\",outcome=\"retrying\"}");
      double called = value("call_seconds_count");
      long webhook = webhooks.insert(failing.url(), "retry_schedule = '[0.01, 0.01]'");

      insertDelivery(webhook, "never-taken", "'waiting'", "now()");

      Waiting.until(
          "the last attempt counts",
          () -> value("attempts_total{error=\"http_5xx\",outcome=\"failed\"}") == failed + 1);
      assertThat(value("attempts_total{error=\"http_5xx\",outcome=\"retrying\"}"))
          .isEqualTo(retrying + 2);
      assertThat(value("call_seconds_count")).isGreaterThanOrEqualTo(called + 3);
      assertThat(value("call_seconds_bucket{le=\"120.0\"}")).isGreaterThanOrEqualTo(called + 3);
      Waiting.until("its breaker is open", () -> value("breakers_open") >= 1);
      assertThat(node.manage("/metrics").body()).doesNotContain(TENANT, failing.url(), "127.0.0.1");
    }
  }

  @Test
  void openBreakerIsShownAndClosesWhenATestCallIsAnswered() {
    AtomicBoolean works = new AtomicBoolean();
    try (BadReceiver receiver =
        new BadReceiver(
            (socket, out) ->
                BadReceiver.write(
                    out,
                    (works.get() ? "HTTP/1.1 200 OK" : "HTTP/1.1 503 Busy")
                        + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))) {
      long webhook = webhooks.insert(receiver.url(), "retry_schedule = '[0.01, 0.01, 0.01]'");
      String path = "/api/v1/webhooks/" + webhook;
      assertThat(breaker(path)).isEqualTo(closed());

      insertDelivery(webhook, "held-back", "'waiting'", "now()");

      Waiting.until("it is open", () -> breaker(path).getString("state").equals("open"));
      JsonObject open = breaker(path);
      assertThat(Instant.parse(open.getString("next_try_at")))
          .isAfter(Instant.parse(open.getString("since")));
      assertThat(open.getInteger("nodes")).isOne();
      assertThat(breaker(path + "/stats").getString("state")).isEqualTo("open");
      assertThat(breakerInList(webhook).getString("state")).isEqualTo("open");
      Waiting.until("the node measures it", () -> value("breakers_next_try_seconds") > 0);
      publish(202);
      insertDelivery(webhook, "late", "'waiting'", "now() - interval '2 hours'");
      double measured = value("breakers_longest_seconds");
      Waiting.until("ten seconds pass", () -> value("breakers_longest_seconds") > measured + 11);
      assertThat(value("oldest_due_seconds")).isLessThan(7_000);

      works.set(true);
      assertThat(node.post(path + "/test", "{}", TestTokens.service()).statusCode()).isEqualTo(200);

      Waiting.until("it is closed", () -> breaker(path).equals(closed()));
      Waiting.until("what waited is delivered", () -> webhooks.pending(webhook) == 0);
    }
  }

  private static JsonObject closed() {
    return new JsonObject()
        .put("state", "closed")
        .putNull("since")
        .putNull("next_try_at")
        .put("nodes", 0);
  }

  private static JsonObject breaker(String path) {
    return get(path).getJsonObject("breaker");
  }

  private static JsonObject breakerInList(long webhook) {
    return get("/api/v1/webhooks?tenant_id=" + TENANT).getJsonArray("webhooks").stream()
        .map(JsonObject.class::cast)
        .filter(one -> one.getLong("id") == webhook)
        .findFirst()
        .orElseThrow()
        .getJsonObject("breaker");
  }

  private static JsonObject get(String path) {
    return new JsonObject(node.get(path, TestTokens.service()).body());
  }

  @Test
  void attemptOfALostNodeIsCounted() {
    long webhook = webhooks.insert("http://127.0.0.1:9/", "retry_count = 0");
    double before = value("attempts_total{error=\"node_lost\",outcome=\"retrying\"}");

    insertDelivery(
        webhook,
        "left-behind",
        "'in_flight'",
        "now(), 1, gen_random_uuid(), now() - interval '1 minute'");

    Waiting.until(
        "it counts",
        () -> value("attempts_total{error=\"node_lost\",outcome=\"retrying\"}") == before + 1);
  }

  @Test
  void failuresInPostgresAreCounted() {
    try (BadReceiver failing = new BadReceiver((socket, out) -> {})) {
      String refuse = "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS ";
      stores.postgres().execute(refuse + "$$ BEGIN RAISE EXCEPTION 'out of order'; END $$");
      long webhook = webhooks.insert(failing.url(), "retry_count = 0");
      stores.postgres().execute(trigger("webhook_health"));
      try {
        double health = value("failures_total{step=\"HEALTH\"}");

        insertDelivery(webhook, "broken-off", "'waiting'", "now()");

        Waiting.until(
            "the failure to write health is counted",
            () -> value("failures_total{step=\"HEALTH\"}") > health);

        stores.postgres().execute(trigger("accepted_events"));
        double hold = value("failures_total{step=\"HOLD\"}");

        Waiting.until(
            "an event is refused because its deliveries can't be stored", () -> publish() == 503);
        assertThat(value("failures_total{step=\"HOLD\"}")).isGreaterThan(hold);
      } finally {
        stores.postgres().execute("DROP FUNCTION refuse() CASCADE");
      }
    }
  }

  private static String trigger(String table) {
    return "CREATE TRIGGER refusing BEFORE INSERT ON "
        + table
        + " FOR EACH ROW EXECUTE FUNCTION refuse()";
  }

  private void insertDelivery(long webhook, String event, String state, String dueAndMore) {
    boolean claimed = dueAndMore.contains("uuid");
    long unused =
        webhooks.insertDelivery(
            webhook,
            "event_id, event, envelope, state, due_at, attempt"
                + (claimed ? ", claim_token, lease_until" : ""),
            "'"
                + event
                + "', 'call.incoming', "
                + webhooks.envelope(event, "{}")
                + ", "
                + state
                + ", "
                + dueAndMore
                + (claimed ? "" : ", 0"));
  }

  private static void publish(int status) {
    assertThat(publish()).isEqualTo(status);
  }

  private static int publish() {
    HttpResponse<String> answer =
        node.post(
            "/api/v1/events",
            new JsonObject()
                .put("tenant_id", TENANT)
                .put("type", "call.incoming")
                .put("payload", new JsonObject())
                .encode(),
            TestTokens.service());
    return answer.statusCode();
  }

  /** NaN if the line is missing. */
  private static double value(String metric) {
    String line = PREFIX + metric + " ";
    return node.manage("/metrics")
        .body()
        .lines()
        .filter(text -> text.startsWith(line))
        .mapToDouble(text -> Double.parseDouble(text.substring(line.length())))
        .findFirst()
        .orElse(Double.NaN);
  }
}
