package dev.switchboard.sessions.signin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.sessions.session.HeldMessages;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What clients send as soon as their socket is open, before they are told {@code connected}. */
@Timeout(180)
class EarlyMessagesIT {
  @RegisterExtension static final Stores stores = new Stores();

  /** Without waiting, some sockets are live already when their first message arrives. */
  private static final int TRIES = 10;

  private static TestNode node;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.put("sessions", new JsonObject().put("inboundPerSecond", 1_000));
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static void sendAtOnce(WsClient client, int count) {
    for (int i = 1; i <= count; i++) {
      client.send(subscribe(i));
    }
  }

  private static JsonObject subscribe(int ref) {
    JsonObject payload = new JsonObject().put("events", new JsonArray().add("call.n" + ref % 50));
    return new JsonObject().put("type", "subscribe").put("payload", payload).put("ref", ref);
  }

  private static void assertAnsweredInOrder(WsClient client, int count) {
    assertThat(client.next().getString("type")).isEqualTo("connected");
    List<Integer> refs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      refs.add(client.next("subscribed").getInteger("ref"));
    }
    assertThat(refs).isEqualTo(IntStream.rangeClosed(1, count).boxed().toList());
  }

  @Test
  void messagesAreAnsweredInOrderHoweverTheClientSignsIn() {
    String token = TestTokens.user("early", "1");
    for (int i = 0; i < TRIES; i++) {
      WsClient header = WsClient.open(node, "/ws", "Authorization", "Bearer " + token);
      sendAtOnce(header, 3);
      String protocols = "switchboard.v1, bearer." + token;
      WsClient protocol = WsClient.open(node, "/ws", "Sec-WebSocket-Protocol", protocols);
      sendAtOnce(protocol, 3);
      String ticket =
          new JsonObject(node.post("/api/v1/ws/tickets", "{}", token).body()).getString("ticket");
      WsClient withTicket = WsClient.open(node, "/ws?ticket=" + ticket);
      sendAtOnce(withTicket, 3);
      WsClient firstMessage = WsClient.open(node, "/ws");
      firstMessage.send("auth", new JsonObject().put("token", token));
      sendAtOnce(firstMessage, 3);
      WsClient beforeAuth = WsClient.open(node, "/ws");
      sendAtOnce(beforeAuth, 3);
      beforeAuth.send("auth", new JsonObject().put("token", token));

      for (WsClient client : List.of(header, protocol, withTicket, firstMessage, beforeAuth)) {
        assertAnsweredInOrder(client, 3);
        client.close();
      }
    }
  }

  @Test
  void eventSentAtOnceIsPublished() {
    WsClient agent =
        WsClient.open(node, "/ws", "Authorization", "Bearer " + TestTokens.user("early2", "1"));
    agent.send(
        new JsonObject()
            .put("type", "chat.message")
            .put("payload", new JsonObject())
            .put("ref", 1));

    assertThat(agent.next().getString("type")).isEqualTo("connected");
    assertThat(agent.next("published").getInteger("ref")).isEqualTo(1);
  }

  @Test
  void messagesBeyondTheBoundAreRefusedOneByOneAndTheOthersAreAnswered() {
    String token = TestTokens.user("early3", "1");
    stores.redis().freeze();
    WsClient client = WsClient.open(node, "/ws", "Authorization", "Bearer " + token);

    sendAtOnce(client, HeldMessages.MAX_MESSAGES + 60);

    for (int i = 1; i <= 60; i++) {
      JsonObject refused = client.next("error");
      assertThat(refused.getInteger("ref")).isEqualTo(HeldMessages.MAX_MESSAGES + i);
      assertThat(refused.getJsonObject("payload").getString("code")).isEqualTo("not_ready");
    }
    stores.redis().thaw();
    assertAnsweredInOrder(client, HeldMessages.MAX_MESSAGES);
  }

  @Test
  void agentWhoTypesWhileRedisIsDownIsNotBlamed() {
    WsClient agent = WsClient.signIn(node, TestTokens.user("early4", "1"));
    stores.redis().kill();
    assertThat(agent.next("degraded")).isNotNull();

    for (int i = 0; i < 60; i++) {
      agent.send("chat.message", new JsonObject().put("text", i));
    }

    for (int i = 0; i < 60; i++) {
      assertThat(agent.next("error").getJsonObject("payload").getString("code"))
          .isEqualTo("unavailable");
    }
    stores.redis().restart();
    assertThat(agent.next("restored")).isNotNull();
    assertThat(agent.ping()).isNotNull();
  }
}
