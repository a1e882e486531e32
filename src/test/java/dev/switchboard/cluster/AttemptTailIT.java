package dev.switchboard.cluster;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Attempts made on one node, followed over a socket of another. */
@SuppressWarnings("NullAway.Init")
class AttemptTailIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode caller;
  private static TestNode watcher;

  private final String tenant = "tenant-" + UUID.randomUUID().toString().substring(0, 8);
  private final String admin = TestTokens.user(tenant, "1", "admin");

  @BeforeAll
  static void startNodes() {
    caller = TestNode.start(TestNode.config(stores));
    JsonObject config = TestNode.config(stores);
    // Whatever is called is called by the other one.
    config.getJsonObject("webhooks").put("sweep", "60s");
    watcher = TestNode.start(config);
  }

  @AfterAll
  static void stopNodes() {
    watcher.close();
    caller.close();
  }

  @Test
  void attemptsOfTheTenantAreToldOnEveryNodeUntilItIsEnough() {
    try (WebhookReceiver receiver = new WebhookReceiver();
        WsClient all = WsClient.signIn(watcher, "/ws?events=", admin);
        WsClient one = WsClient.signIn(caller, "/ws?events=", admin);
        WsClient stranger =
            WsClient.signIn(
                watcher, "/ws?events=", TestTokens.user("tenant-other", "1", "admin"))) {
      // Given
      long first = create(receiver.url() + "first", "call.incoming");
      long second = create(receiver.url() + "second", "call.ended");
      assertThat(tail(all, new JsonObject()).getLong("webhook_id")).isNull();
      assertThat(tail(one, new JsonObject().put("webhook_id", second)).getLong("webhook_id"))
          .isEqualTo(second);
      JsonObject unused = tail(stranger, new JsonObject());

      // When
      publishUntilTold("call.incoming", all);
      publishUntilTold("call.ended", one);

      // Then
      JsonObject told = all.next("webhook.attempt").getJsonObject("payload");
      assertThat(told.getLong("webhook_id")).isEqualTo(first);
      assertThat(told.getString("event")).isEqualTo("call.incoming");
      assertThat(told.getString("outcome")).isEqualTo("delivered");
      assertThat(told.getInteger("response_code")).isEqualTo(200);
      assertThat(told.getInteger("attempt")).isEqualTo(1);
      assertThat(told.getInteger("duration_ms")).isNotNegative();
      assertThat(one.next("webhook.attempt").getJsonObject("payload").getLong("webhook_id"))
          .isEqualTo(second);
      assertThat(stranger.ping()).isNotNull();
      assertThat(stranger.unread()).isZero();

      // When
      one.send(new JsonObject().put("type", "untail").put("ref", 1));

      // Then
      assertThat(one.next("untailed").getInteger("ref")).isEqualTo(1);
      publishUntilTold("call.ended", all);
      assertThat(one.ping()).isNotNull();
      assertThat(one.unread()).isZero();
    }
  }

  @Test
  void whoMayNotReadTheLogMayNotFollowIt() {
    try (WsClient agent = WsClient.signIn(watcher, TestTokens.user(tenant, "2", "agent"));
        WsClient boss = WsClient.signIn(watcher, admin)) {
      agent.send("tail", new JsonObject());
      boss.send("tail", new JsonObject().put("webhook_id", "x"));

      assertThat(agent.next("error").getJsonObject("payload").getString("code"))
          .isEqualTo("forbidden");
      assertThat(boss.next("error").getJsonObject("payload").getString("code"))
          .isEqualTo("bad_request");
    }
  }

  private static JsonObject tail(WsClient socket, JsonObject wish) {
    socket.send("tail", wish);
    return socket.next("tailing").getJsonObject("payload");
  }

  /** A hint to another node may be late; what was attempted before it came is not told. */
  private void publishUntilTold(String type, WsClient socket) {
    int before = socket.unread();
    Waiting.until(
        "an attempt is told",
        () -> {
          JsonObject accepted =
              caller.publish(
                  new JsonObject()
                      .put("tenant_id", tenant)
                      .put("type", type)
                      .put("payload", new JsonObject()));
          assertThat(accepted.getInteger("deliveries")).isEqualTo(1);
          return socket.unread() > before;
        });
  }

  private long create(String url, String type) {
    JsonObject wish =
        new JsonObject()
            .put("name", "test")
            .put("url", url)
            .put("events", new JsonArray().add(type));
    HttpResponse<String> created = caller.post("/api/v1/webhooks", wish.encode(), admin);
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    return new JsonObject(created.body()).getLong("id");
  }
}
