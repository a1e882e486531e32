package dev.switchboard.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.SseClient;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How many sessions there may be, how much each may ask for, and how much it may say. */
class SessionBoundsIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final int MAX_FAULTS = 50;
  private static final String THREE_TOPICS =
      "callcenter:custom:a,callcenter:custom:b,callcenter:custom:c";

  private static TestNode node;
  private static TestNode full;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.put("ingest", new JsonObject().put("maxPayload", "1KiB"));
    config.put(
        "sessions",
        new JsonObject()
            .put("maxPerTenant", 3)
            .put("maxPerUser", 2)
            .put("maxTopics", 2)
            .put("maxPatterns", 2)
            .put("inboundPerSecond", 5));
    node = TestNode.start(config);
    config.put("sessions", new JsonObject().put("maxPerNode", 1));
    full = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
    full.close();
  }

  private static WsClient.Closed end(TestNode of, String path, String token) {
    return WsClient.open(of, path, "Authorization", "Bearer " + token).awaitClose();
  }

  private static JsonArray list(String... texts) {
    return new JsonArray(List.of(texts));
  }

  @Test
  void fullNodeRefusesSessionsUntilOneEnds() {
    WsClient only = WsClient.signIn(full, TestTokens.user("node", "1"));

    assertThat(end(full, "/ws", TestTokens.user("node", "2")).code()).isEqualTo(4503);
    assertThat(only.ping()).isNotNull();

    only.close();
    Waiting.until(
        "the one who left is gone",
        () -> full.manage("/metrics").body().contains("\nswitchboard_sessions 0.0"));
    assertThat(WsClient.signIn(full, TestTokens.user("node", "2")).ping()).isNotNull();
  }

  @Test
  void userAndTenantHaveALimitEach() {
    WsClient first = WsClient.signIn(node, TestTokens.user("crowd", "1"));
    WsClient second = WsClient.signIn(node, TestTokens.user("crowd", "1"));

    assertThat(end(node, "/ws", TestTokens.user("crowd", "1")).code()).isEqualTo(4429);
    WsClient third = WsClient.signIn(node, TestTokens.user("crowd", "2"));
    assertThat(end(node, "/ws", TestTokens.user("crowd", "3")).code()).isEqualTo(4429);
    WsClient elsewhere = WsClient.signIn(node, TestTokens.user("elsewhere", "1"));

    for (WsClient stays : List.of(first, second, third, elsewhere)) {
      assertThat(stays.ping()).isNotNull();
    }
  }

  /**
   * More sessions than event loops: the replaced session may belong to another loop than the new
   * one.
   */
  @Test
  void newestSessionReplacesTheOldestIfConfigured() {
    JsonObject config = TestNode.config(stores);
    config.put("sessions", new JsonObject().put("maxPerUser", 2).put("replaceOldest", true));
    try (TestNode replacing = TestNode.start(config)) {
      String token = TestTokens.user("desk", "1");
      Deque<WsClient> open = new ArrayDeque<>();
      for (int i = 0; i < 2 + 2 * Runtime.getRuntime().availableProcessors(); i++) {
        open.add(WsClient.signIn(replacing, token));
        if (open.size() > 2) {
          assertThat(open.remove().awaitClose().code()).isEqualTo(4409);
        }
      }

      WsClient other = WsClient.signIn(replacing, TestTokens.user("desk", "2"));

      open.remove().close();
      WsClient again = WsClient.signIn(replacing, token);
      for (WsClient stays : List.of(open.remove(), again, other)) {
        assertThat(stays.ping()).isNotNull();
      }
    }
  }

  @Test
  void visitorsLeaveCapacityForUsers() {
    JsonObject widget =
        new JsonObject().put("tenant_id", "shop").put("name", "w").put("origins", list("*"));
    String made = node.post("/api/v1/widgets", widget.encode(), TestTokens.service()).body();
    String key = "?widget_key=" + new JsonObject(made).getString("widget_key");
    WsClient first = WsClient.open(node, "/ws/public/a" + key);
    WsClient second = WsClient.open(node, "/ws/public/b" + key);
    assertThat(first.next().getString("type")).isEqualTo("connected");
    assertThat(second.next().getString("type")).isEqualTo("connected");

    assertThat(WsClient.open(node, "/ws/public/c" + key).awaitClose().code()).isEqualTo(4429);

    assertThat(WsClient.signIn(node, TestTokens.user("shop", "1")).ping()).isNotNull();
    first.close();
    Waiting.until(
        "the one who left is gone",
        () ->
            node.get("/api/v1/ws/stats?tenant_id=shop", TestTokens.service())
                .body()
                .contains("\"tenant_connections\":2"));
    assertThat(WsClient.open(node, "/ws/public/c" + key).next().getString("type"))
        .isEqualTo("connected");
  }

  @Test
  void streamBeyondALimitEndsWithItsCode() {
    String[] who = {"Authorization", "Bearer " + TestTokens.user("streams", "1")};
    try (SseClient first = SseClient.open(node, "", who);
        SseClient second = SseClient.open(node, "", who);
        SseClient third = SseClient.open(node, "", who)) {
      assertThat(first.next().data().getString("type")).isEqualTo("connected");
      assertThat(second.next().data().getString("type")).isEqualTo("connected");
      assertThat(third.end().getInteger("code")).isEqualTo(4429);
    }
  }

  @Test
  void tooManySubscriptionsAtSignInAreABadRequest() {
    String token = TestTokens.user("subscriptions", "1");

    assertThat(end(node, "/ws?topics=" + THREE_TOPICS, token).code()).isEqualTo(4400);
    assertThat(end(node, "/ws?events=a,b,c", token).code()).isEqualTo(4400);
    WsClient auth = WsClient.open(node, "/ws");
    auth.send("auth", new JsonObject().put("token", token).put("events", list("a", "b", "c")));
    assertThat(auth.awaitClose().code()).isEqualTo(4400);
  }

  @Test
  void tooManySubscriptionsOfALiveSessionAreRefusedAndItsSetStays() {
    WsClient client = WsClient.signIn(node, TestTokens.user("more", "1"));
    client.subscribe(
        new JsonObject()
            .put("events", list("alert", "call.*"))
            .put("topics", list("callcenter:custom:a")));

    client.send("subscribe", new JsonObject().put("events", list("agent.*")));
    assertThat(client.nextErrorCode()).isEqualTo("limit_reached");
    client.send(
        "subscribe",
        new JsonObject().put("topics", list("callcenter:custom:b", "callcenter:custom:c")));
    assertThat(client.nextErrorCode()).isEqualTo("limit_reached");

    JsonObject set = client.subscribe(new JsonObject().put("topics", list("callcenter:custom:b")));
    assertThat(set.getJsonArray("events")).containsExactly("alert", "call.*");
    assertThat(set.getJsonArray("topics"))
        .containsExactly("callcenter:custom:a", "callcenter:custom:b");
  }

  @Test
  void clientThatSendsTooMuchIsWarnedAndThenClosed() {
    WsClient client = WsClient.signIn(node, TestTokens.user("talk", "1"));

    WsClient.Closed closed = client.repeatUntilClosed("{\"type\":\"ping\",\"ref\":7}");

    assertThat(closed.code()).isEqualTo(4429);
    List<JsonObject> answers = client.takeUnread();
    assertThat(answers).allMatch(answer -> answer.getInteger("ref") == 7);
    assertThat(answers.subList(0, 10)).allMatch(answer -> answer.getString("type").equals("pong"));
    assertThat(answers.stream().filter(answer -> answer.getString("type").equals("error")))
        .hasSize(MAX_FAULTS)
        .allMatch(error -> error.getJsonObject("payload").getString("code").equals("rate_limited"));
  }

  @Test
  void clientThatSendsInvalidMessagesIsAnsweredAndThenClosed() {
    WsClient client = WsClient.signIn(node, TestTokens.user("nonsense", "1"));

    WsClient.Closed closed = client.repeatUntilClosed("{not json");

    assertThat(closed.code()).isEqualTo(4400);
    assertThat(client.takeUnread())
        .hasSize(MAX_FAULTS)
        .allMatch(error -> error.getJsonObject("payload").getString("code").equals("bad_request"));
  }

  @Test
  void payloadThatIsTooLargeIsRefusedAndTheSocketStays() {
    WsClient client = WsClient.signIn(node, TestTokens.user("large", "1"));

    client.send(
        new JsonObject()
            .put("type", "chat.message")
            .put("payload", "x".repeat(2_000))
            .put("ref", 1));

    JsonObject error = client.next("error");
    assertThat(error.getInteger("ref")).isEqualTo(1);
    assertThat(error.getJsonObject("payload").getString("code")).isEqualTo("too_large");
    assertThat(client.ping()).isNotNull();
  }
}
