package dev.switchboard.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WebhookReceiver;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How deliveries go, with good and bad receivers, webhooks being rows of plain SQL. */
@SuppressWarnings("NullAway.Init")
class WebhookDeliveryIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  private final String tenant = "tenant-" + UUID.randomUUID().toString().substring(0, 8);

  @BeforeAll
  static void startNode() {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("webhooks").put("breakerMinCalls", 6).put("breakerPause", "700ms");
    node = TestNode.start(config);
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  @Test
  void failedAttemptsAreNumberedAndNotRepeatedTooEarly() {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      long webhook = register(receiver.url(), "retry_count = 1");
      receiver.answer(503, 500);

      publish();

      WebhookReceiver.Call first = receiver.next();
      WebhookReceiver.Call second = receiver.next();
      assertThat(first.header("X-Webhook-Attempt")).isEqualTo("1");
      assertThat(second.header("X-Webhook-Attempt")).isEqualTo("2");
      assertThat(second.body()).isEqualTo(first.body());
      assertThat(second.header("webhook-id")).isEqualTo(first.header("webhook-id"));
      assertThat(second.at() - first.at()).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(2));
      awaitLogs(webhook, 2);
      assertThat(column(webhook, "attempt || ' ' || response_code || ' ' || outcome"))
          .containsExactly("1 503 retrying", "2 500 failed");
      assertThat(pending(webhook)).isZero();
    }
  }

  @Test
  void clientErrorsAndRedirectsAreFinal() {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      long webhook = register(receiver.url(), "retry_schedule = '[0.05]'");
      receiver.answer(404, 307, 429);

      for (int i = 0; i < 3; i++) {
        publish();
        awaitLogs(webhook, i + 1);
      }

      assertThat(column(webhook, "outcome || ' ' || split_part(error, ':', 1)"))
          .containsExactly("failed http_4xx", "failed redirect", "failed http_4xx");
    }
  }

  @Test
  void retryWaitsAsLongAsTheReceiverAsks() {
    try (BadReceiver receiver =
        new BadReceiver(
            (socket, out) -> {
              BadReceiver.write(
                  out,
                  "HTTP/1.1 429 No\r\nConnection: close\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n");
              BadReceiver.hang();
            })) {
      long webhook =
          register(receiver.url(), "retry_schedule = '[0.05]', retry_client_errors = true");

      publish();

      awaitLogs(webhook, 2);
      assertThat(
              column(webhook, "(created_at - lag(created_at) OVER (ORDER BY id) >= '2 s')::text"))
          .last()
          .isEqualTo("true");
    }
  }

  @Test
  void eventThatARequestRepeatsIsDeliveredOnce() {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      long webhook = register(receiver.url(), "retry_count = 0");
      publish();
      JsonObject event =
          new JsonObject()
              .put("event_id", "repeated-" + tenant)
              .put("tenant_id", tenant)
              .put("type", "call.incoming")
              .put("payload", 1);

      HttpResponse<String> answer =
          node.post("/api/v1/events", "[" + event + "," + event + "]", TestTokens.service());

      assertThat(answer.statusCode()).isEqualTo(202);
      Waiting.until(
          "its calls are logged", () -> pending(webhook) == 0 && column(webhook, "id").size() > 1);
      assertThat(column(webhook, "event_id")).containsOnlyOnce("repeated-" + tenant).hasSize(2);
    }
  }

  @Test
  void changeByPlainSqlTakesEffect() {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      long webhook = register(receiver.url(), "retry_count = 0");
      publish();

      update(webhook, "is_active = false");

      Waiting.until("it is off", () -> tryPublish() == 0);
    }
  }

  @Test
  void deliveriesOfADisabledWebhookArriveWhenItIsEnabled() {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      long webhook = register(receiver.url(), "retry_schedule = '[0.7]'");
      receiver.answer(500);
      publish();
      WebhookReceiver.Call first = receiver.next();
      update(webhook, "is_active = false");
      Waiting.until("it is off", () -> tryPublish() == 0);

      update(webhook, "is_active = true");

      WebhookReceiver.Call second = receiver.next();
      while (!second.header("webhook-id").equals(first.header("webhook-id"))) {
        // An event that came before the node knew of the pause.
        second = receiver.next();
      }
      assertThat(second.body()).isEqualTo(first.body());
      assertThat(second.header("X-Webhook-Attempt")).isEqualTo("2");
    }
  }

  @Test
  void openBreakerHoldsDeliveriesBackWithoutUsingUpAttempts() {
    try (WebhookReceiver receiver = new WebhookReceiver();
        WsClient adminSocket = WsClient.signIn(node, TestTokens.user(tenant, "1", "admin"))) {
      long webhook = register(receiver.url(), "retry_schedule = '[0.05,0.05,0.05,0.05,0.05,0.05]'");
      receiver.answer(500, 500, 500, 500, 500, 500);

      publish();
      for (int i = 0; i < 5; i++) {
        WebhookReceiver.Call unused = receiver.next();
      }
      WebhookReceiver.Call sixth = receiver.next();
      WebhookReceiver.Call last = receiver.next();

      assertThat(last.at() - sixth.at()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(400));
      assertThat(last.header("X-Webhook-Attempt")).isEqualTo("7");
      awaitLogs(webhook, 7);
      assertThat(nextOfType(adminSocket, "webhook.failing").getJsonObject("payload"))
          .isEqualTo(new JsonObject().put("webhook_id", webhook));
      publish();
      assertThat(nextOfType(adminSocket, "webhook.recovered").getString("tenant_id"))
          .isEqualTo(tenant);
    }
  }

  private static JsonObject nextOfType(WsClient socket, String type) {
    JsonObject event = socket.next();
    while (!type.equals(event.getString("type"))) {
      event = socket.next();
    }
    return event;
  }

  @Test
  void documentedMonitoringQueriesRunUnchanged() {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      long webhook = register(receiver.url(), "retry_count = 0");
      receiver.answer(200, 400);
      publish();
      publish();
      awaitLogs(webhook, 2);

      List<List<@Nullable String>> newest =
          stores
              .postgres()
              .query(
                  "SELECT * FROM webhook_logs WHERE webhook_id = "
                      + webhook
                      + " ORDER BY created_at DESC LIMIT 10");
      List<List<@Nullable String>> errors =
          stores
              .postgres()
              .query(
                  "SELECT w.name, wl.event, wl.error, wl.created_at FROM webhook_logs wl"
                      + " JOIN webhooks w ON w.id = wl.webhook_id WHERE wl.response_code >= 400"
                      + " AND wl.created_at > NOW() - INTERVAL '1 hour' ORDER BY wl.created_at DESC");
      List<List<@Nullable String>> rates =
          stores
              .postgres()
              .query(
                  "SELECT w.name, COUNT(*) AS total_deliveries, SUM(CASE WHEN wl.response_code"
                      + " BETWEEN 200 AND 299 THEN 1 ELSE 0 END) AS successful, ROUND(100.0 *"
                      + " SUM(CASE WHEN wl.response_code BETWEEN 200 AND 299 THEN 1 ELSE 0 END) /"
                      + " COUNT(*), 2) AS success_rate FROM webhook_logs wl JOIN webhooks w ON w.id"
                      + " = wl.webhook_id WHERE wl.created_at > NOW() - INTERVAL '24 hours' GROUP BY"
                      + " w.id, w.name");

      assertThat(newest).hasSize(2);
      assertThat(errors).anySatisfy(row -> assertThat(row.get(0)).isEqualTo(tenant));
      assertThat(rates)
          .anySatisfy(row -> assertThat(row).containsExactly(tenant, "2", "1", "50.00"));
    }
  }

  /** Inserts a row as the users do, and sets its options. */
  @CanIgnoreReturnValue
  private long register(String url, String options) {
    stores
        .postgres()
        .execute(
            "INSERT INTO webhooks (tenant_id, name, url, events, is_active) VALUES ('"
                + tenant
                + "', '"
                + tenant
                + "', '"
                + url
                + "', '[\"call.*\"]', false)");
    long id =
        Long.parseLong(
            stores
                .postgres()
                .value("SELECT max(id) FROM webhooks WHERE tenant_id = '" + tenant + "'"));
    update(id, options + ", is_active = true");
    return id;
  }

  private void update(long webhook, String change) {
    stores.postgres().execute("UPDATE webhooks SET " + change + " WHERE id = " + webhook);
  }

  private int tryPublish() {
    return node.publish(
            new JsonObject()
                .put("tenant_id", tenant)
                .put("type", "call.incoming")
                .put("payload", new JsonObject().put("caller_id", "+1")))
        .getInteger("deliveries");
  }

  /** Exactly one has a delivery: an event before the node reads the row has none. */
  private void publish() {
    Waiting.until("an event has a delivery", () -> tryPublish() == 1);
  }

  private static void awaitLogs(long webhook, int count) {
    Waiting.until(
        count + " attempts of " + webhook + " are logged",
        () -> column(webhook, "id").size() == count);
  }

  private static List<@Nullable String> column(long webhook, String expression) {
    return stores
        .postgres()
        .query(
            "SELECT "
                + expression
                + " FROM webhook_logs WHERE webhook_id = "
                + webhook
                + " ORDER BY id")
        .stream()
        .map(row -> row.get(0))
        .toList();
  }

  private static int pending(long webhook) {
    return Integer.parseInt(
        stores
            .postgres()
            .value("SELECT count(*) FROM webhook_deliveries WHERE webhook_id = " + webhook));
  }
}
