package dev.switchboard.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WebhookReceiver;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pending deliveries can be cancelled in every state. */
@SuppressWarnings("NullAway.Init")
class CancelIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String PATH = "/api/v1/webhooks";
  private static TestNode node;

  private final String tenant = "tenant-" + UUID.randomUUID().toString().substring(0, 8);
  private final String admin = TestTokens.user(tenant, "1", "admin");

  @BeforeAll
  static void startNode() {
    node = TestNode.start(TestNode.config(stores));
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  @Test
  void waitingDeliveriesAreCancelledSinglyOrTogether() {
    try (WebhookReceiver receiver = new WebhookReceiver();
        WsClient socket = WsClient.signIn(node, admin)) {
      long webhook = create(receiver.url(), 3_600);
      long other = create(receiver.url(), 3_600);
      receiver.answer(500, 500, 500, 500, 500, 500);
      for (int i = 0; i < 3; i++) {
        publish();
      }
      awaitStates(webhook, "waiting", 3);
      awaitStates(other, "waiting", 3);
      long first = pending(webhook).getJsonObject(0).getLong("id");

      JsonObject one = ok(call("DELETE", "/" + webhook + "/deliveries/" + first));
      HttpResponse<String> again = call("DELETE", "/" + webhook + "/deliveries/" + first);
      JsonObject all = ok(call("DELETE", "/" + webhook + "/deliveries"));

      assertThat(one).isEqualTo(new JsonObject().put("cancelled", 1).put("under_way", 0));
      assertThat(again.statusCode()).isEqualTo(404);
      assertThat(all)
          .isEqualTo(new JsonObject().put("cancelled", 2).put("under_way", 0).put("more", false));
      assertThat(pending(webhook)).isEmpty();
      assertThat(pending(other)).hasSize(3);
      assertThat(socket.next("webhook.cancelled").getJsonObject("payload"))
          .isEqualTo(new JsonObject().put("webhook_id", webhook).put("deliveries", 1));
      JsonObject recovered =
          ok(
              node.call(
                  "POST",
                  PATH + "/" + webhook + "/recover",
                  "{\"since\":\"2020-01-01T00:00:00Z\"}",
                  "Authorization",
                  "Bearer " + admin));
      assertThat(recovered.getInteger("queued")).isZero();
    }
  }

  @Test
  void callInFlightIsLoggedAndNotRepeated() {
    CountDownLatch answer = new CountDownLatch(1);
    try (BadReceiver receiver = answering(answer)) {
      long webhook = create(receiver.url(), 0.05);
      publish();
      Waiting.until("the call came", () -> receiver.calls() == 1);

      JsonObject cancelled = ok(call("DELETE", "/" + webhook + "/deliveries"));
      JsonObject shown = pending(webhook).getJsonObject(0);
      answer.countDown();

      assertThat(cancelled.getInteger("cancelled")).isZero();
      assertThat(cancelled.getInteger("under_way")).isEqualTo(1);
      assertThat(shown.getBoolean("cancelled")).isTrue();
      Waiting.until("no delivery is pending", () -> pending(webhook).isEmpty());
      JsonArray logs =
          ok(call("GET", "/" + webhook + "/logs?status=cancelled")).getJsonArray("logs");
      assertThat(logs).hasSize(1);
      assertThat(logs.getJsonObject(0).getInteger("response_code")).isEqualTo(500);
      assertThat(receiver.calls()).isEqualTo(1);
    }
  }

  @Test
  void webhookDeletedDuringItsCallIsLoggedAndNeverCalledAgain() {
    CountDownLatch answer = new CountDownLatch(1);
    try (BadReceiver receiver = answering(answer)) {
      long webhook = create(receiver.url(), 0.05);
      publish();
      Waiting.until("the call came", () -> receiver.calls() == 1);

      HttpResponse<String> deleted = call("DELETE", "/" + webhook);
      answer.countDown();

      assertThat(deleted.statusCode()).isEqualTo(204);
      Waiting.until("the attempt is logged", () -> inLog(webhook) == 1);
      Waiting.until(
          "its repetition was due, and no claim took it",
          () ->
              stores
                  .postgres()
                  .value(
                      "SELECT count(*) FROM webhook_deliveries WHERE webhook_id = "
                          + webhook
                          + " AND state = 'waiting' AND due_at < now() - interval '1 s'")
                  .equals("1"));
      assertThat(receiver.calls()).isEqualTo(1);
      assertThat(inLog(webhook)).isEqualTo(1);
    }
  }

  private static int inLog(long webhook) {
    return Integer.parseInt(
        stores.postgres().value("SELECT count(*) FROM webhook_logs WHERE webhook_id = " + webhook));
  }

  @Test
  void cancelledDeliveriesInANodesMemoryAreNotCalled() {
    CountDownLatch answer = new CountDownLatch(1);
    try (BadReceiver receiver = answering(answer)) {
      long webhook = create(receiver.url(), 0.05);
      for (int i = 0; i < 12; i++) {
        publish();
      }
      // A webhook whose first call was not answered yet gets no further one.
      Waiting.until("a call came", () -> receiver.calls() == 1);

      JsonObject cancelled = ok(call("DELETE", "/" + webhook + "/deliveries"));

      assertThat(cancelled.getInteger("cancelled") + cancelled.getInteger("under_way"))
          .isEqualTo(12);
      Waiting.until("only the call is left", () -> pending(webhook).size() == 1);
      answer.countDown();
      Waiting.until("no delivery is pending", () -> pending(webhook).isEmpty());
      assertThat(receiver.calls()).isEqualTo(1);
      publish();
      Waiting.until("later events are delivered as usual", () -> receiver.calls() >= 2);
    }
  }

  @Test
  void anotherTenantCancelsNothing() {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      long webhook = create(receiver.url(), 3_600);
      receiver.answer(500);
      publish();
      awaitStates(webhook, "waiting", 1);
      long delivery = pending(webhook).getJsonObject(0).getLong("id");
      String stranger = "Bearer " + TestTokens.user("tenant-other", "1", "admin");
      String agent = "Bearer " + TestTokens.user(tenant, "2", "agent");
      String path = PATH + "/" + webhook + "/deliveries";

      int all = node.call("DELETE", path, null, "Authorization", stranger).statusCode();
      int one =
          node.call("DELETE", path + "/" + delivery, null, "Authorization", stranger).statusCode();
      int powerless = node.call("DELETE", path, null, "Authorization", agent).statusCode();

      assertThat(all).isEqualTo(404);
      assertThat(one).isEqualTo(404);
      assertThat(powerless).isEqualTo(403);
      assertThat(pending(webhook)).hasSize(1);
    }
  }

  /** Answers 500 to every call, but only when the test says so. */
  private static BadReceiver answering(CountDownLatch answer) {
    return new BadReceiver(
        (socket, out) -> {
          try {
            answer.await();
          } catch (InterruptedException over) {
            return;
          }
          BadReceiver.write(
              out, "HTTP/1.1 500 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        });
  }

  private void awaitStates(long webhook, String state, int count) {
    Waiting.until(
        count + " are " + state,
        () ->
            pending(webhook).stream()
                    .filter(one -> state.equals(((JsonObject) one).getString("state")))
                    .count()
                == count);
  }

  private JsonArray pending(long webhook) {
    return ok(call("GET", "/" + webhook + "/deliveries")).getJsonArray("deliveries");
  }

  private long create(String url, double retrySeconds) {
    JsonObject request =
        new JsonObject()
            .put("name", "test")
            .put("url", url)
            .put("events", new JsonArray().add("call.incoming"))
            .put("retry_schedule", new JsonArray().add(retrySeconds).add(retrySeconds));
    HttpResponse<String> created = node.post(PATH, request.encode(), admin);
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    return new JsonObject(created.body()).getLong("id");
  }

  @CanIgnoreReturnValue
  private JsonObject publish() {
    return node.publish(
        new JsonObject()
            .put("tenant_id", tenant)
            .put("type", "call.incoming")
            .put("payload", new JsonObject()));
  }

  private HttpResponse<String> call(String method, String path) {
    return node.call(method, PATH + path, null, "Authorization", "Bearer " + admin);
  }

  private static JsonObject ok(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isBetween(200, 202);
    return new JsonObject(response.body());
  }
}
