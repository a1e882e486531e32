package dev.switchboard.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
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
    JsonObject wish =
        new JsonObject()
            .put("tenant_id", tenant)
            .put("name", "shop")
            .put("origins", new JsonArray().add(origin));
    HttpResponse<String> made = node.post("/api/v1/widgets", wish.encode(), TestTokens.service());
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
  void seesOnlyItsOwnChat() {
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
  void replayHidesWhatIsNotItsOwn() {
    JsonObject widget = widget("shop2", "*");
    WsClient before = visit("chat-1", widget);
    String place = before.ping().getString("position");
    before.close();
    node.publish(chat("shop2", "chat.message", "chat-2"));
    node.publish(chat("shop2", "chat.message", "chat-1").put("user_id", "456"));
    JsonObject wanted = node.publish(chat("shop2", "chat.message", "chat-1"));

    WsClient again =
        WsClient.open(
            node,
            "/ws/public/chat-1?widget_key=" + widget.getString("widget_key") + "&after=" + place);

    assertThat(again.next().getJsonObject("payload").getBoolean("recovered")).isTrue();
    assertThat(again.next().getString("id")).isEqualTo(wanted.getString("id"));
  }

  @Test
  void writesOnlyIntoItsOwnChat() {
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
}
