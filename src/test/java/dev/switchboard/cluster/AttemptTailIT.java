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
import java.util.ArrayList;
import java.util.List;
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
      long first = create(receiver.url() + "first", "call.incoming");
      long second = create(receiver.url() + "second", "call.ended");
      assertThat(tail(all, new JsonObject()).getLong("webhook_id")).isNull();
      assertThat(tail(one, new JsonObject().put("webhook_id", second)).getLong("webhook_id"))
          .isEqualTo(second);
      JsonObject unused = tail(stranger, new JsonObject());

      JsonObject told = publishUntilTold("call.incoming", all);
      JsonObject toldOfOne = publishUntilTold("call.ended", one);

      assertThat(told.getLong("webhook_id")).isEqualTo(first);
      assertThat(told.getString("event")).isEqualTo("call.incoming");
      assertThat(told.getString("outcome")).isEqualTo("delivered");
      assertThat(told.getInteger("response_code")).isEqualTo(200);
      assertThat(told.getInteger("attempt")).isEqualTo(1);
      assertThat(told.getInteger("duration_ms")).isNotNegative();
      assertThat(toldOfOne.getLong("webhook_id")).isEqualTo(second);
      assertThat(toldUpToNow(stranger)).isEmpty();

      one.send(new JsonObject().put("type", "untail").put("ref", 1));

      assertThat(one.next("untailed").getInteger("ref")).isEqualTo(1);
      assertThat(toldUpToNow(all)).isNotNull();
      assertThat(publishUntilTold("call.ended", all).getLong("webhook_id")).isEqualTo(second);
      assertThat(toldUpToNow(one)).isEmpty();
    }
  }

  @Test
  void attemptWhoseNodeWasLostIsToldToo() {
    try (WebhookReceiver receiver = new WebhookReceiver();
        WsClient socket = WsClient.signIn(caller, "/ws?events=", admin)) {
      long webhook = create(receiver.url(), "call.incoming");
      JsonObject unused = tail(socket, new JsonObject());
      unused = publishUntilTold("call.incoming", socket);

      String event = "lost-" + UUID.randomUUID();
      stores.postgres().execute(claimedByADeadNode(webhook, event));

      JsonObject lost = toldOf(event, socket);
      assertThat(lost.getString("error")).startsWith("node_lost:");
      assertThat(lost.getString("outcome")).isEqualTo("retrying");
      assertThat(lost.getInteger("attempt")).isEqualTo(3);
      assertThat(lost.getLong("webhook_id")).isEqualTo(webhook);
      JsonObject made = toldOf(event, socket);
      assertThat(made.getString("outcome")).isEqualTo("delivered");
      assertThat(made.getInteger("attempt")).isEqualTo(4);
    }
  }

  private static JsonObject toldOf(String event, WsClient socket) {
    JsonObject told = socket.next("webhook.attempt").getJsonObject("payload");
    while (!event.equals(told.getString("event_id"))) {
      told = socket.next("webhook.attempt").getJsonObject("payload");
    }
    return told;
  }

  private String claimedByADeadNode(long webhook, String event) {
    return "INSERT INTO webhook_deliveries (webhook_id, tenant_id, event_id, event, envelope,"
        + " accepted_at, state, attempt, claim_token, lease_until) VALUES ("
        + webhook
        + ", '"
        + tenant
        + "', '"
        + event
        + "', 'call.incoming', '\"event_id\":\""
        + event
        + "\",\"type\":\"call.incoming\",\"tenant_id\":\""
        + tenant
        + "\",\"timestamp\":\"2026-11-23T09:30:00.123Z\",\"payload\":{}}', now(), 'in_flight', 3,"
        + " gen_random_uuid(), now() - interval '1 minute')";
  }

  /** Everything that was told before an answer to a ping. */
  private static List<JsonObject> toldUpToNow(WsClient socket) {
    socket.send("ping", new JsonObject());
    List<JsonObject> told = new ArrayList<>();
    JsonObject message = socket.next();
    while (!"pong".equals(message.getString("type"))) {
      if ("webhook.attempt".equals(message.getString("type"))) {
        told.add(message.getJsonObject("payload"));
      }
      message = socket.next();
    }
    return told;
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
  private JsonObject publishUntilTold(String type, WsClient socket) {
    List<JsonObject> told = new ArrayList<>();
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
          told.addAll(toldUpToNow(socket));
          return told.stream().anyMatch(one -> type.equals(one.getString("event")));
        });
    return told.stream()
        .filter(one -> type.equals(one.getString("event")))
        .findFirst()
        .orElseThrow();
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
