package dev.switchboard.sessions.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.support.SseClient;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.net.http.WebSocketHandshakeException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every way to sign in over a WebSocket, and how an invalid one is refused. */
class SignInIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String BASIC = "Basic dDox";

  private static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(stores);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void tokenInTheHeaderIsAnsweredWithItsUser() {
    WsClient client = WsClient.signIn(node, TestTokens.user("t", "456"));

    JsonObject connected = client.connected();
    assertThat(connected.getString("tenant_id")).isEqualTo("t");
    assertThat(connected.getString("user_id")).isEqualTo("456");
    assertThat(connected.getValue("recovered")).isNull();
    assertThat(connected.getString("position")).isNotEmpty();
    assertThat(connected.getInteger("heartbeat_seconds")).isEqualTo(25);
  }

  @Test
  void invalidTokenInTheHeaderIsRefusedBeforeTheUpgrade() {
    assertRefused("/ws", 401, "Authorization", "Bearer nonsense");
  }

  @Test
  void tokenInTheSubprotocolIsAcceptedAndTheProtocolAnswered() {
    WsClient client =
        WsClient.open(
            node,
            "/ws",
            "Sec-WebSocket-Protocol",
            "switchboard.v1, bearer." + TestTokens.user("t", "1"));

    assertThat(client.next().getString("type")).isEqualTo("connected");
  }

  @Test
  void invalidTokenInTheSubprotocolIsClosedWith4401() {
    WsClient client =
        WsClient.open(node, "/ws", "Sec-WebSocket-Protocol", "switchboard.v1, bearer.nonsense");

    assertThat(client.awaitClose().code()).isEqualTo(4401);
  }

  @Test
  void firstMessageMayBringTheToken() {
    WsClient client = WsClient.open(node, "/ws");

    client.send("auth", new JsonObject().put("token", TestTokens.user("t", "1")));

    assertThat(client.next().getString("type")).isEqualTo("connected");
  }

  @Test
  void whatTheFirstMessageDoesNotNameIsTakenFromTheUrl() {
    String tenant = "url-subscriptions";
    JsonObject missed =
        node.publish(
            new JsonObject()
                .put("tenant_id", tenant)
                .put("type", "call.incoming")
                .put("payload", 1));
    String before = missed.getString("id").replaceFirst("[0-9]+$", "0");
    WsClient client = WsClient.open(node, "/ws?events=call.*&after=" + before);

    client.send("auth", new JsonObject().put("token", TestTokens.user(tenant, "1")));

    assertThat(client.next().getJsonObject("payload").getBoolean("recovered")).isTrue();
    assertThat(client.next().getString("id")).isEqualTo(missed.getString("id"));
    node.publish(
        new JsonObject().put("tenant_id", tenant).put("type", "ticket.created").put("payload", 2));
    JsonObject wanted =
        node.publish(
            new JsonObject().put("tenant_id", tenant).put("type", "call.ended").put("payload", 3));
    assertThat(client.next().getString("id")).isEqualTo(wanted.getString("id"));
  }

  @Test
  void socketWithoutATokenIsClosedWith4401() {
    JsonObject config = TestNode.config(stores);
    config.put("sessions", new JsonObject().put("authTimeout", "300ms"));
    try (TestNode impatient = TestNode.start(config)) {
      WsClient client = WsClient.open(impatient, "/ws");

      assertThat(client.awaitClose().code()).isEqualTo(4401);
    }
  }

  @Test
  void invalidTokenInTheFirstMessageIsClosedWith4401() {
    WsClient client = WsClient.open(node, "/ws");

    client.send("auth", new JsonObject().put("token", "nonsense"));

    assertThat(client.awaitClose().code()).isEqualTo(4401);
  }

  @Test
  void expiredTokenIsRefused() {
    String expired =
        TestTokens.sign(
            new JsonObject()
                .put("tenant_id", "t")
                .put("sub", "1")
                .put("exp", TestTokens.now() - 60));
    WsClient client = WsClient.open(node, "/ws");

    client.send("auth", new JsonObject().put("token", expired));

    WsClient.Closed closed = client.awaitClose();
    assertThat(closed.code()).isEqualTo(4401);
    assertThat(closed.reason()).contains("expired");
  }

  @Test
  void serviceTokenIsRefused() {
    WsClient client = WsClient.open(node, "/ws");

    client.send("auth", new JsonObject().put("token", TestTokens.service()));

    assertThat(client.awaitClose().code()).isEqualTo(4403);
  }

  @Test
  void tokenThatExpiresEndsTheSession() {
    String brief =
        TestTokens.sign(
            new JsonObject()
                .put("tenant_id", "t")
                .put("sub", "1")
                .put("exp", TestTokens.now() + 2));

    WsClient client = WsClient.signIn(node, brief);

    assertThat(client.awaitClose().code()).isEqualTo(4401);
  }

  @Test
  void plainRequestIsRefusedWithTheHintToUpgrade() {
    assertThat(node.call("GET", "/ws", null).statusCode()).isEqualTo(426);
  }

  @Test
  void malformedParametersAreABadRequestBeforeAnythingElse() {
    assertThat(node.call("GET", "/ws?events=A%20b", null).statusCode()).isEqualTo(400);
    assertThat(node.call("GET", "/ws?topics=elsewhere", null).statusCode()).isEqualTo(400);
    assertRefused("/ws?events=A%20b", 400, "Authorization", "Bearer " + TestTokens.user("t", "1"));
  }

  @Test
  void browserSeesMalformedParametersByTheCloseCode() {
    WsClient malformed =
        WsClient.open(
            node,
            "/ws?events=A%20b",
            "Sec-WebSocket-Protocol",
            "switchboard.v1, bearer." + TestTokens.user("t", "1"));

    assertThat(malformed.awaitClose().code()).isEqualTo(4400);
  }

  @Test
  void otherAuthorizationSchemeAloneIsNotAuthenticated() {
    for (String path : List.of("/api/v1/events/stream", "/api/v1/webhooks")) {
      assertThat(node.call("GET", path, null, "Authorization", BASIC).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void otherAuthorizationSchemeHindersNoOtherWayToSignIn() {
    String token = TestTokens.user("basic", "1");
    WsClient first = WsClient.open(node, "/ws", "Authorization", BASIC);
    first.send("auth", new JsonObject().put("token", token));
    assertThat(first.next().getString("type")).isEqualTo("connected");

    WsClient protocol =
        WsClient.open(
            node,
            "/ws",
            "Authorization",
            BASIC,
            "Sec-WebSocket-Protocol",
            "switchboard.v1, bearer." + token);
    assertThat(protocol.next().getString("type")).isEqualTo("connected");

    String socketTicket = "/ws?ticket=" + ticket(token, "connect");
    WsClient ticket = WsClient.open(node, socketTicket, "Authorization", BASIC);
    assertThat(ticket.next().getString("type")).isEqualTo("connected");

    String query = "?ticket=" + ticket(token, "stream");
    try (SseClient stream = SseClient.open(node, query, "Authorization", BASIC)) {
      assertThat(stream.next().data().getString("type")).isEqualTo("connected");
    }
  }

  private static String ticket(String token, String kind) {
    String body = new JsonObject().put("kind", kind).encode();
    return new JsonObject(node.post("/api/v1/ws/tickets", body, token).body()).getString("ticket");
  }

  @Test
  void schemeIsReadInAnyCase() {
    String token = TestTokens.user("case", "1");
    for (String scheme : List.of("bearer ", "BEARER  ")) {
      WsClient client = WsClient.open(node, "/ws", "Authorization", scheme + token);
      assertThat(client.next().getString("type")).isEqualTo("connected");
      assertThat(
              node.call("GET", "/api/v1/ws/stats", null, "Authorization", scheme + token)
                  .statusCode())
          .isNotEqualTo(401);
    }
  }

  private static void assertRefused(String path, int status, String... headers) {
    assertThatThrownBy(() -> WsClient.open(node, path, headers))
        .cause()
        .isInstanceOf(WebSocketHandshakeException.class)
        .satisfies(
            e ->
                assertThat(((WebSocketHandshakeException) e).getResponse().statusCode())
                    .isEqualTo(status));
  }
}
