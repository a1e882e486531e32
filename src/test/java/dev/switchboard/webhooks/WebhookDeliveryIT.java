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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;
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
  void failedAttemptsAreRepeatedNotBeforeTheirTimeAndNumbered() {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      // Given
      long webhook = register(receiver.url(), "retry_count = 1");
      receiver.answer(503, 500);

      // When
      publish();

      // Then
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
      assertThat(owed(webhook)).isZero();
    }
  }

  @Test
  void clientErrorsAndRedirectsAreFinal() {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      // Given
      long webhook = register(receiver.url(), "retry_schedule = '[0.05]'");
      receiver.answer(404, 307, 429);

      // When
      for (int i = 0; i < 3; i++) {
        publish();
        WebhookReceiver.Call unused = receiver.next();
      }

      // Then
      awaitLogs(webhook, 3);
      assertThat(column(webhook, "outcome || ' ' || split_part(error, ':', 1)"))
          .containsExactly("failed http_4xx", "failed redirect", "failed http_4xx");
    }
  }

  @Test
  void aBusyReceiverIsLeftAloneAsLongAsItAsks() {
    try (BadReceiver receiver =
        new BadReceiver(
            (socket, out) -> {
              BadReceiver.write(
                  out,
                  "HTTP/1.1 429 No\r\nConnection: close\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n");
              BadReceiver.hang();
            })) {
      // Given
      long webhook =
          register(receiver.url(), "retry_schedule = '[0.05]', retry_client_errors = true");

      // When
      publish();

      // Then
      awaitLogs(webhook, 2);
      assertThat(
              column(webhook, "(created_at - lag(created_at) OVER (ORDER BY id) >= '2 s')::text"))
          .last()
          .isEqualTo("true");
    }
  }

  @Test
  void badReceiversEndWithinTheBudgetAndAreNamed() throws IOException {
    // Given
    byte[] bomb = gzipBomb();
    try (BadReceiver slowHead = new BadReceiver((socket, out) -> BadReceiver.hang());
        BadReceiver slowBody = new BadReceiver(WebhookDeliveryIT::dripBody);
        BadReceiver endless = new BadReceiver(WebhookDeliveryIT::endlessBody);
        BadReceiver reset = new BadReceiver((socket, out) -> socket.setSoLinger(true, 0));
        BadReceiver flood = new BadReceiver(WebhookDeliveryIT::flood);
        BadReceiver bomber =
            new BadReceiver(
                (socket, out) -> {
                  BadReceiver.write(
                      out,
                      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
                          + bomb.length
                          + "\r\n\r\n");
                  out.write(bomb);
                  BadReceiver.hang();
                })) {
      String once = "retry_count = 0, timeout = 1";
      long[] webhooks = {
        register(slowHead.url(), once),
        register(slowBody.url(), once),
        register(endless.url(), once),
        register(reset.url(), once),
        register(flood.url(), once),
        register(bomber.url(), once),
        register("https" + reset.url().substring(4), once)
      };

      // When
      long published = System.nanoTime();
      publish(webhooks.length);

      // Then
      List<String> classes =
          Arrays.stream(webhooks)
              .mapToObj(
                  webhook -> {
                    awaitLogs(webhook, 1);
                    return String.valueOf(
                        column(webhook, "coalesce(split_part(error, ':', 1), 'none')").get(0));
                  })
              .toList();
      // None may go on for as long as its receiver likes.
      assertThat(System.nanoTime() - published).isLessThan(TimeUnit.SECONDS.toNanos(30));
      assertThat(classes.subList(0, 4))
          .containsExactly("timeout_headers", "timeout_body", "timeout_body", "connect");
      assertThat(classes.get(4)).isIn("timeout_headers", "connect");
      assertThat(classes.get(5)).isEqualTo("none");
      assertThat(classes.get(6)).isIn("tls", "connect", "timeout_connect");
      assertThat(
              stores
                  .postgres()
                  .value("SELECT max(octet_length(response_body)) <= 65536 FROM webhook_logs"))
          .isEqualTo("t");
    }
  }

  private static void dripBody(Socket socket, OutputStream out) throws IOException {
    BadReceiver.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nx");
    BadReceiver.hang();
  }

  private static void endlessBody(Socket socket, OutputStream out) throws IOException {
    BadReceiver.write(out, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    byte[] block = new byte[64 << 10];
    while (true) {
      out.write(block);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static void flood(Socket socket, OutputStream out) throws IOException {
    while (true) {
      BadReceiver.write(out, "HTTP/1.1 103 Early Hints\r\n\r\n");
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static byte[] gzipBomb() throws IOException {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
      for (int i = 0; i < 200; i++) {
        gzip.write(new byte[1 << 20]);
      }
    }
    return bomb.toByteArray();
  }

  @Test
  void aChangeByPlainSqlTakesEffect() {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      // Given
      long webhook = register(receiver.url(), "retry_count = 0");

      // When
      update(webhook, "is_active = false");

      // Then
      Waiting.until("it is off", () -> tryPublish() == 0);
    }
  }

  @Test
  void whatAPausedWebhookIsOwedComesWhenItGoesOn() {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      // Given
      long webhook = register(receiver.url(), "retry_schedule = '[0.7]'");
      receiver.answer(500);
      publish();
      WebhookReceiver.Call first = receiver.next();
      update(webhook, "is_active = false");
      Waiting.until("it is off", () -> tryPublish() == 0);

      // When
      update(webhook, "is_active = true");

      // Then
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
  void aHangingReceiverHoldsNobodyUp() {
    try (BadReceiver hanging = new BadReceiver((socket, out) -> BadReceiver.hang());
        WebhookReceiver receiver = new WebhookReceiver()) {
      // Given
      long dead = register(hanging.url(), "timeout = 3, retry_count = 0");
      register(receiver.url(), "retry_count = 0");

      // When
      long started = System.nanoTime();
      for (int i = 0; i < 100; i++) {
        publish(2);
      }
      for (int i = 0; i < 100; i++) {
        WebhookReceiver.Call unused = receiver.next();
      }

      // Then
      assertThat(System.nanoTime() - started).isLessThan(TimeUnit.SECONDS.toNanos(100));
      assertThat(owed(dead)).isGreaterThan(60);
      stores.postgres().execute("DELETE FROM webhooks WHERE id = " + dead);
    }
  }

  @Test
  void anOpenBreakerHoldsDeliveriesBackWithoutUsingUpAttempts() {
    try (WebhookReceiver receiver = new WebhookReceiver();
        WsClient adminSocket = WsClient.signIn(node, TestTokens.user(tenant, "1", "admin"))) {
      // Given
      long webhook = register(receiver.url(), "retry_schedule = '[0.05,0.05,0.05,0.05,0.05,0.05]'");
      receiver.answer(500, 500, 500, 500, 500, 500);

      // When
      publish();
      for (int i = 0; i < 6; i++) {
        WebhookReceiver.Call unused = receiver.next();
      }
      long opened = System.nanoTime();
      WebhookReceiver.Call last = receiver.next();

      // Then
      assertThat(last.at() - opened).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(400));
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
  void aRateIsKept() {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      // Given
      register(receiver.url(), "rate_limit = 5");

      // When
      long started = System.nanoTime();
      for (int i = 0; i < 15; i++) {
        publish();
      }
      long last = started;
      for (int i = 0; i < 15; i++) {
        last = receiver.next().at();
      }

      // Then
      assertThat(last - started).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(1_400));
    }
  }

  @Test
  void theUsersMonitoringQueriesRunAsTheyStand() {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      // Given
      long webhook = register(receiver.url(), "retry_count = 0");
      receiver.answer(200, 400);
      publish();
      publish();
      awaitLogs(webhook, 2);

      // When
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

      // Then
      assertThat(newest).hasSize(2);
      assertThat(errors).anySatisfy(row -> assertThat(row.get(0)).isEqualTo(tenant));
      assertThat(rates)
          .anySatisfy(row -> assertThat(row).containsExactly(tenant, "2", "1", "50.00"));
    }
  }

  /** Inserts a row as the users do, sets its options, and waits until the node knows it. */
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
    // The node looks every 200 ms; an event before its look would owe nothing.
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
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

  private void publish() {
    publish(1);
  }

  private void publish(int owed) {
    assertThat(tryPublish()).isEqualTo(owed);
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

  private static int owed(long webhook) {
    return Integer.parseInt(
        stores
            .postgres()
            .value("SELECT count(*) FROM webhook_deliveries WHERE webhook_id = " + webhook));
  }
}
