package dev.switchboard.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.SseClient;
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

      JsonObject reported = publishUntilReported("call.incoming", all);
      JsonObject toldOfOne = publishUntilReported("call.ended", one);

      assertThat(reported.getLong("webhook_id")).isEqualTo(first);
      assertThat(reported.getString("event")).isEqualTo("call.incoming");
      assertThat(reported.getString("outcome")).isEqualTo("delivered");
      assertThat(reported.getInteger("response_code")).isEqualTo(200);
      assertThat(reported.getInteger("attempt")).isEqualTo(1);
      assertThat(reported.getInteger("duration_ms")).isNotNegative();
      assertThat(toldOfOne.getLong("webhook_id")).isEqualTo(second);
      assertThat(reportedUpToNow(stranger)).isEmpty();

      one.send(new JsonObject().put("type", "untail").put("ref", 1));

      assertThat(one.next("untailed").getInteger("ref")).isEqualTo(1);
      assertThat(reportedUpToNow(all)).isNotNull();
      assertThat(publishUntilReported("call.ended", all).getLong("webhook_id")).isEqualTo(second);
      assertThat(reportedUpToNow(one)).isEmpty();
    }
  }

  @Test
  void backendFollowsAttemptsAsServerSentEvents() {
    try (WebhookReceiver receiver = new WebhookReceiver();
        WsClient socket = WsClient.signIn(watcher, "/ws?events=", admin)) {
      long first = create(receiver.url() + "first", "call.incoming");
      long second = create(receiver.url() + "second", "call.ended");
      JsonObject unused = tail(socket, new JsonObject());
      try (SseClient all = attempts("", TestTokens.service());
          SseClient one = attempts("?webhook_id=" + second, admin)) {
        publishUntilSeen("call.incoming", all);
        publishUntilSeen("call.ended", one);

        JsonObject shown = all.nextNamed().data();
        assertThat(shown.getLong("webhook_id")).isEqualTo(first);
        assertThat(shown.getString("event")).isEqualTo("call.incoming");
        assertThat(shown.getString("outcome")).isEqualTo("delivered");
        SseClient.Named ofOne = one.nextNamed();
        assertThat(ofOne.event()).isEqualTo("attempt");
        assertThat(ofOne.data().getLong("webhook_id")).isEqualTo(second);
      }
      assertThat(publishUntilReported("call.ended", socket).getLong("webhook_id"))
          .as("a socket goes on when streams end")
          .isEqualTo(second);
    }
  }

  @Test
  void streamsOfAttemptsAreForCallersWithWebhooksAndTheirOwnTenant() {
    String path = "/api/v1/tenants/" + tenant + "/attempts";
    assertThat(watcher.get(path, TestTokens.user(tenant, "7", "agent")).statusCode())
        .isEqualTo(403);
    assertThat(watcher.get(path, TestTokens.user("other", "1", "admin")).statusCode())
        .isEqualTo(403);
    assertThat(watcher.call("GET", path, null).statusCode()).isEqualTo(401);
    for (String query : List.of("?webhook_id=x", "?webhook_id=0", "?webhook=1")) {
      assertThat(watcher.get(path + query, admin).statusCode()).as(query).isEqualTo(400);
    }
    List<SseClient> open = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        open.add(attempts("", admin));
      }
      assertThat(watcher.get(path, admin).statusCode()).isEqualTo(429);
    } finally {
      open.forEach(SseClient::close);
    }
  }

  private SseClient attempts(String query, String credential) {
    SseClient attempts =
        SseClient.openPath(
            watcher,
            "/api/v1/tenants/" + tenant + "/attempts" + query,
            "Authorization",
            "Bearer " + credential);
    assertThat(attempts.nextNamed().event()).isEqualTo("ready");
    return attempts;
  }

  /** A node reports attempts only once it has heard that somebody wants them. */
  private void publishUntilSeen(String type, SseClient stream) {
    Waiting.until(
        "an attempt is shown",
        () -> {
          JsonObject unused =
              caller.publish(
                  new JsonObject()
                      .put("tenant_id", tenant)
                      .put("type", type)
                      .put("payload", new JsonObject()));
          return stream.hasNamed();
        });
  }

  @Test
  void attemptWhoseNodeWasLostIsToldToo() {
    try (WebhookReceiver receiver = new WebhookReceiver();
        WsClient socket = WsClient.signIn(caller, "/ws?events=", admin)) {
      long webhook = create(receiver.url(), "call.incoming");
      JsonObject unused = tail(socket, new JsonObject());
      unused = publishUntilReported("call.incoming", socket);

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
    JsonObject reported = socket.next("webhook.attempt").getJsonObject("payload");
    while (!event.equals(reported.getString("event_id"))) {
      reported = socket.next("webhook.attempt").getJsonObject("payload");
    }
    return reported;
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

  /** All attempts that were reported before an answer to a ping. */
  private static List<JsonObject> reportedUpToNow(WsClient socket) {
    socket.send("ping", new JsonObject());
    List<JsonObject> reported = new ArrayList<>();
    JsonObject message = socket.next();
    while (!"pong".equals(message.getString("type"))) {
      if ("webhook.attempt".equals(message.getString("type"))) {
        reported.add(message.getJsonObject("payload"));
      }
      message = socket.next();
    }
    return reported;
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

  private static JsonObject tail(WsClient socket, JsonObject request) {
    socket.send("tail", request);
    return socket.next("tailing").getJsonObject("payload");
  }

  /** A hint to another node may be late; attempts made before it arrives are not reported. */
  private JsonObject publishUntilReported(String type, WsClient socket) {
    List<JsonObject> reported = new ArrayList<>();
    Waiting.until(
        "an attempt is reported",
        () -> {
          JsonObject accepted =
              caller.publish(
                  new JsonObject()
                      .put("tenant_id", tenant)
                      .put("type", type)
                      .put("payload", new JsonObject()));
          assertThat(accepted.getInteger("deliveries")).isEqualTo(1);
          reported.addAll(reportedUpToNow(socket));
          return reported.stream().anyMatch(one -> type.equals(one.getString("event")));
        });
    return reported.stream()
        .filter(one -> type.equals(one.getString("event")))
        .findFirst()
        .orElseThrow();
  }

  private long create(String url, String type) {
    JsonObject request =
        new JsonObject()
            .put("name", "test")
            .put("url", url)
            .put("events", new JsonArray().add(type));
    HttpResponse<String> created = caller.post("/api/v1/webhooks", request.encode(), admin);
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    return new JsonObject(created.body()).getLong("id");
  }
}
