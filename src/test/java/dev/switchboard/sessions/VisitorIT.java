package dev.switchboard.sessions;

import static java.util.Objects.requireNonNull;
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
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Anonymous visitors see and write their own chat and nothing else. */
class VisitorIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(stores);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static JsonObject widget(String tenant, String origin) {
    JsonObject widget =
        new JsonObject()
            .put("tenant_id", tenant)
            .put("name", "shop")
            .put("origins", new JsonArray().add(origin));
    HttpResponse<String> made = node.post("/api/v1/widgets", widget.encode(), TestTokens.service());
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return new JsonObject(made.body());
  }

  private static WsClient visit(String chat, JsonObject widget) {
    WsClient client =
        WsClient.open(node, "/ws/public/" + chat + "?widget_key=" + widget.getString("widget_key"));
    assertThat(client.next().getString("type")).isEqualTo("connected");
    return client;
  }

  private static JsonObject chat(String tenant, String type, String chat) {
    return new JsonObject()
        .put("tenant_id", tenant)
        .put("type", type)
        .put("session_id", chat)
        .put("payload", new JsonObject());
  }

  @Test
  void visitorSeesOnlyItsOwnChat() {
    JsonObject widget = widget("shop1", "*");
    WsClient visitor = visit("chat-1", widget);

    node.publish(chat("shop1", "chat.message", "chat-2"));
    node.publish(chat("other", "chat.message", "chat-1"));
    node.publish(chat("shop1", "chat.message", "chat-1").put("user_id", "456"));
    node.publish(chat("shop1", "ticket.created", "chat-1"));
    node.publish(
        new JsonObject()
            .put("tenant_id", "shop1")
            .put("type", "chat.message")
            .put("payload", "no session"));
    JsonObject wanted = node.publish(chat("shop1", "chat.message", "chat-1"));

    assertThat(visitor.next().getString("id")).isEqualTo(wanted.getString("id"));
    JsonObject position = visitor.ping();
    WsClient again =
        WsClient.open(
            node, "/ws/public/chat-1?after=0&widget_key=" + widget.getString("widget_key"));
    assertThat(again.next().getJsonObject("payload").getBoolean("recovered")).isFalse();
    assertThat(position.getString("position")).isNotEmpty();
  }

  @Test
  void replayHidesOtherChats() {
    JsonObject widget = widget("shop2", "*");
    WsClient before = visit("chat-1", widget);
    String position = before.ping().getString("position");
    before.close();
    node.publish(chat("shop2", "chat.message", "chat-2"));
    node.publish(chat("shop2", "chat.message", "chat-1").put("user_id", "456"));
    JsonObject wanted = node.publish(chat("shop2", "chat.message", "chat-1"));

    WsClient again =
        WsClient.open(
            node,
            "/ws/public/chat-1?widget_key="
                + widget.getString("widget_key")
                + "&after="
                + position);

    assertThat(again.next().getJsonObject("payload").getBoolean("recovered")).isTrue();
    assertThat(again.next().getString("id")).isEqualTo(wanted.getString("id"));
  }

  @Test
  void visitorMayNotFollowKeptEvents() {
    JsonObject widget = widget("shop-kept", "*");
    JsonObject kept = chat("shop-kept", "chat.message", "chat-1").put("keep", "queues/a");
    JsonObject unused = node.publish(kept);

    WsClient asking =
        WsClient.open(
            node, "/ws/public/chat-1?kept=queues&widget_key=" + widget.getString("widget_key"));
    WsClient live = visit("chat-1", widget);
    live.send("subscribe", new JsonObject().put("kept", new JsonArray().add("queues")));

    assertThat(asking.awaitClose().code()).isEqualTo(4403);
    assertThat(live.nextErrorCode()).isEqualTo("forbidden");
    live.send(chat("shop-kept", "chat.message", "chat-1").put("keep", "queues/a").put("ref", 1));
    assertThat(live.nextErrorCode()).isEqualTo("forbidden");
    assertThat(live.ping()).isNotNull();
    assertThat(live.unread()).isZero();
  }

  @Test
  void visitorWritesOnlyIntoItsOwnChat() {
    JsonObject widget = widget("shop3", "*");
    WsClient visitor = visit("chat-1", widget);
    WsClient agent = WsClient.signIn(node, TestTokens.user("shop3", "agent"));

    visitor.send(
        new JsonObject()
            .put("type", "chat.message")
            .put("session_id", "chat-2")
            .put("tenant_id", "other")
            .put("payload", new JsonObject().put("text", "hi")));
    JsonObject heard = agent.next();
    visitor.send(
        new JsonObject()
            .put("type", "chat.message")
            .put("user_id", "456")
            .put("payload", "x")
            .put("ref", 1));
    JsonObject refused = visitor.next("error");
    visitor.send(new JsonObject().put("type", "notification").put("payload", "x").put("ref", 2));

    assertThat(heard.getString("tenant_id")).isEqualTo("shop3");
    assertThat(heard.getString("session_id")).isEqualTo("chat-1");
    assertThat(refused.getJsonObject("payload").getString("code")).isEqualTo("bad_request");
    assertThat(visitor.next("error").getJsonObject("payload").getString("code"))
        .isEqualTo("forbidden");
  }

  @Test
  void unknownWidgetAndForeignOriginAreClosed() {
    JsonObject widget = widget("shop4", "https://www.example.com");

    WsClient unknown = WsClient.open(node, "/ws/public/chat-1?widget_key=nonsense");
    WsClient foreign =
        WsClient.open(node, "/ws/public/chat-1?widget_key=" + widget.getString("widget_key"));

    assertThat(unknown.awaitClose().code()).isEqualTo(4404);
    assertThat(foreign.awaitClose().code()).isEqualTo(4403);
  }

  @Test
  void deletedWidgetEndsItsVisitors() {
    JsonObject widget = widget("shop5", "*");
    WsClient visitor = visit("chat-1", widget);

    int status =
        node.call(
                "DELETE",
                "/api/v1/widgets/" + widget.getLong("id"),
                null,
                "Authorization",
                "Bearer " + TestTokens.service())
            .statusCode();

    assertThat(status).isEqualTo(204);
    assertThat(visitor.awaitClose().code()).isEqualTo(4404);
  }

  @Test
  void messageOfAVisitorReachesEveryReceiver() {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      stores
          .postgres()
          .execute(
              "INSERT INTO webhooks (tenant_id, name, url, events) VALUES ('shop6', 'mine', '"
                  + receiver.url()
                  + "', '[\"chat.message\"]')");
      Waiting.until(
          "the webhook is known",
          () -> node.publish(chat("shop6", "chat.message", "any")).getInteger("deliveries") == 1);
      assertThat(receiver.next().text()).contains("chat.message");
      WsClient visitor = visit("chat-1", widget("shop6", "*"));

      visitor.send(
          new JsonObject()
              .put("type", "chat.message")
              .put("payload", new JsonObject().put("text", "hi"))
              .put("ref", 1));

      Map<String, JsonObject> both = new HashMap<>();
      while (!both.keySet().containsAll(Set.of("chat.message", "published"))) {
        JsonObject message = visitor.next();
        both.put(message.getString("type"), message);
      }
      JsonObject heard = requireNonNull(both.get("chat.message"));
      JsonObject published = requireNonNull(both.get("published")).getJsonObject("payload");
      assertThat(heard.getString("id")).isEqualTo(published.getString("id"));
      JsonObject body = new JsonObject(receiver.next().text());
      assertThat(body.getString("event")).isEqualTo("chat.message");
      assertThat(body.getJsonObject("data").getString("text")).isEqualTo("hi");
      JsonArray logged =
          new JsonObject(node.get("/api/v1/tenants/shop6/events", TestTokens.service()).body())
              .getJsonArray("events");
      assertThat(logged.getJsonObject(logged.size() - 1)).isEqualTo(heard);
    }
  }

  @Test
  void typingOfAVisitorReachesItsOwnChatOnly() {
    WsClient agent = WsClient.signIn(node, TestTokens.user("shop7", "agent"));
    JsonObject widget = widget("shop7", "*");
    WsClient other = visit("chat-2", widget);
    WsClient visitor = visit("chat-1", widget);

    visitor.send(
        new JsonObject()
            .put("type", "chat.typing")
            .put("session_id", "chat-2")
            .put("payload", true));

    JsonObject heard = agent.next("chat.typing");
    assertThat(heard.getString("session_id")).isEqualTo("chat-1");
    assertThat(heard.getString("tenant_id")).isEqualTo("shop7");
    assertThat(heard.getValue("id")).isNull();
    node.publish(chat("shop7", "chat.message", "chat-2"));
    assertThat(other.next().getString("type")).isEqualTo("chat.message");
  }

  @Test
  void visitorMayNeitherAddressUsersNorSubscribe() {
    WsClient visitor = visit("chat-1", widget("shop8", "*"));
    JsonObject message = new JsonObject().put("type", "chat.message").put("payload", 1);
    JsonArray topics = new JsonArray().add("callcenter:custom:alerts");

    visitor.send(message.copy().put("topic", "callcenter:custom:alerts"));
    assertThat(visitor.nextErrorCode()).isEqualTo("bad_request");
    visitor.send(message.copy().put("offline", "store"));
    assertThat(visitor.nextErrorCode()).isEqualTo("bad_request");
    visitor.send("subscribe", new JsonObject().put("topics", topics));
    assertThat(visitor.nextErrorCode()).isEqualTo("forbidden");
    visitor.send("subscribe", new JsonObject().put("users", new JsonArray().add("agent")));
    assertThat(visitor.nextErrorCode()).isEqualTo("forbidden");
    visitor.send("tail", new JsonObject());
    assertThat(visitor.nextErrorCode()).isEqualTo("forbidden");
    String log = node.get("/api/v1/tenants/shop8/events", TestTokens.service()).body();
    assertThat(new JsonObject(log).getJsonArray("events")).isEmpty();
  }

  @Test
  void widgetDeletedOnAnotherNodeEndsItsVisitorsHereAndNobodyElse() {
    JsonObject widget = widget("shop9", "*");
    WsClient visitor = visit("chat-1", widget);
    WsClient kept = visit("chat-1", widget("shop9", "*"));

    try (TestNode other = TestNode.start(stores)) {
      String path = "/api/v1/widgets/" + widget.getLong("id");
      String authorization = "Bearer " + TestTokens.service();
      assertThat(other.call("DELETE", path, null, "Authorization", authorization).statusCode())
          .isEqualTo(204);
      assertThat(visitor.awaitClose().code()).isEqualTo(4404);
    }
    assertThat(kept.ping()).isNotNull();
  }

  @Test
  void onlyPagesOfTheConfiguredOriginsAreAllowed() {
    String path =
        "/ws/public/chat-1?widget_key="
            + widget("shop10", "https://www.example.com").getString("widget_key");

    WsClient right = WsClient.open(node, path, "Origin", "https://www.example.com");
    WsClient wrong = WsClient.open(node, path, "Origin", "https://evil.example.com");

    assertThat(right.next().getString("type")).isEqualTo("connected");
    assertThat(wrong.awaitClose().code()).isEqualTo(4403);
  }

  @Test
  void eventsOfPersonsSayWhoSentThem() {
    String agent = TestTokens.user("shop11", "jd@example.com", "supervisor");
    WsClient listener = WsClient.signIn(node, TestTokens.user("shop11", "listener"));
    WsClient socket = WsClient.signIn(node, agent);
    WsClient visitor = visit("chat-1", widget("shop11", "*"));
    JsonObject user = new JsonObject().put("kind", "user").put("id", "jd@example.com");
    JsonObject guest = new JsonObject().put("kind", "visitor").put("id", "chat-1");
    JsonObject message = chat("shop11", "chat.message", "chat-1");

    visitor.send(
        new JsonObject()
            .put("type", "chat.message")
            .put("payload", new JsonObject().put("from", "agent")));
    assertThat(listener.next().getJsonObject("sender")).isEqualTo(guest);
    visitor.send(new JsonObject().put("type", "chat.typing").put("payload", true));
    assertThat(listener.next().getJsonObject("sender")).isEqualTo(guest);
    socket.send(message);
    assertThat(listener.next().getJsonObject("sender")).isEqualTo(user);
    assertThat(node.post("/api/v1/events", message.encode(), agent).statusCode()).isEqualTo(202);
    assertThat(listener.next().getJsonObject("sender")).isEqualTo(user);
    node.publish(message);
    assertThat(listener.next().getMap()).doesNotContainKey("sender");

    socket.send(message.copy().put("sender", guest).put("ref", 1));
    assertThat(socket.next("error").getJsonObject("payload").getString("message"))
        .isEqualTo("/sender is set by the server; leave it out");
    String forged = message.copy().put("sender", guest).encode();
    assertThat(node.post("/api/v1/events", forged, TestTokens.service()).statusCode())
        .isEqualTo(400);
    JsonArray logged =
        new JsonObject(node.get("/api/v1/tenants/shop11/events", TestTokens.service()).body())
            .getJsonArray("events");
    assertThat(logged)
        .map(JsonObject.class::cast)
        .filteredOn(event -> event.getString("type").equals("chat.message"))
        .extracting(event -> event.getJsonObject("sender"))
        .containsExactly(guest, user, user, null);
  }

  @Test
  void webhooksOfEveryFormatButTheStandardOneSayWhoSentAnEvent() {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      stores
          .postgres()
          .execute(
              "INSERT INTO webhooks (tenant_id, name, url, events, format) SELECT 'shop12', f, '"
                  + receiver.url()
                  + "', '[\"chat.message\"]', f FROM unnest(ARRAY['standard', 'extended']) f");
      Waiting.until(
          "both webhooks are known",
          () -> node.publish(chat("shop12", "chat.message", "any")).getInteger("deliveries") == 2);
      WsClient visitor = visit("chat-1", widget("shop12", "*"));

      visitor.send(new JsonObject().put("type", "chat.message").put("payload", "hi"));

      Map<Boolean, JsonObject> bodies = new HashMap<>();
      while (bodies.size() < 2) {
        JsonObject body = new JsonObject(receiver.next().text());
        if ("hi".equals(body.getValue("data"))) {
          bodies.put(body.containsKey("event_id"), body);
        }
      }
      assertThat(requireNonNull(bodies.get(false)).fieldNames())
          .containsExactly("event", "timestamp", "data");
      assertThat(requireNonNull(bodies.get(true)).getJsonObject("sender"))
          .isEqualTo(new JsonObject().put("kind", "visitor").put("id", "chat-1"));
    }
  }
}
