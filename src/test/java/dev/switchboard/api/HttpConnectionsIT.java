package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.RawHttp;
import dev.switchboard.support.RawSocket;
import dev.switchboard.support.SseClient;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections of clients that send nothing, half of a request, or a body nobody wants. */
class HttpConnectionsIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("http").put("idleTimeout", "1s");
    config.put("sessions", new JsonObject().put("heartbeat", "300ms").put("idleTimeout", "60s"));
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void idleConnectionIsClosed() throws IOException {
    try (RawHttp silent = new RawHttp(node);
        RawHttp half = new RawHttp(node);
        RawHttp headOnly = new RawHttp(node)) {
      half.send("POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\n");
      headOnly.send(post(TestTokens.service(), 100));

      assertThat(silent.readToEnd()).isEmpty();
      assertThat(half.readToEnd()).isEmpty();
      assertThat(headOnly.readToEnd()).isEmpty();
    }
  }

  @Test
  void socketsAndStreamsOutliveTheTimeOut() throws IOException {
    String token = TestTokens.user("idle1", "u");
    try (RawSocket socket = RawSocket.signIn(node, token);
        SseClient stream =
            SseClient.open(node, "?events=alert", "Authorization", "Bearer " + token);
        RawHttp silent = new RawHttp(node)) {
      assertThat(stream.next().data().getString("type")).isEqualTo("connected");
      // Both have been quiet for longer than this one by the time it ends, but for their pings.
      assertThat(silent.readToEnd()).isEmpty();
      try (RawHttp again = new RawHttp(node)) {
        assertThat(again.readToEnd()).isEmpty();
      }

      JsonObject sent =
          node.publish(
              new JsonObject().put("tenant_id", "idle1").put("type", "alert").put("payload", 1));

      assertThat(stream.next().data().getString("event_id")).isEqualTo(sent.getString("event_id"));
      RawSocket.Frame frame = socket.read();
      while (frame.opcode() == 9) {
        frame = socket.read();
      }
      assertThat(frame.text()).contains(sent.getString("event_id"));
    }
  }

  @Test
  void unauthenticatedRequestIsAnsweredBeforeItsBodyIsComplete() throws IOException {
    try (RawHttp http = new RawHttp(node)) {
      http.send(post("nonsense", 8 << 20));

      assertThat(http.readHead()).startsWith("HTTP/1.1 401 ");
    }
  }

  @Test
  void bodyOfAnUnauthenticatedRequestIsSkippedAndTheNextRequestAnswered() throws IOException {
    String event = "{\"tenant_id\":\"body1\",\"type\":\"alert\",\"payload\":1}";
    try (RawHttp http = new RawHttp(node)) {
      http.send(post("nonsense", event.length()) + event);
      http.send(post(TestTokens.service(), event.length()) + event);

      assertThat(http.readHead()).startsWith("HTTP/1.1 401 ");
      assertThat(http.readHead()).startsWith("HTTP/1.1 202 ");
    }
  }

  @Test
  void expectContinueIsAnsweredOnlyToAuthenticatedClients() throws IOException {
    String event = "{\"tenant_id\":\"body2\",\"type\":\"alert\",\"payload\":1}";
    try (RawHttp http = new RawHttp(node)) {
      http.send(asking(TestTokens.service(), event.length()));
      assertThat(http.readHead()).startsWith("HTTP/1.1 100 ");
      http.send(event);
      assertThat(http.readHead()).startsWith("HTTP/1.1 202 ");
    }
    try (RawHttp http = new RawHttp(node)) {
      http.send(asking("nonsense", event.length()));
      assertThat(http.readHead()).startsWith("HTTP/1.1 401 ");
    }
  }

  private static String asking(String credential, int length) {
    return post(credential, length).replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n");
  }

  private static String post(String credential, int length) {
    return "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
        + credential
        + "\r\nContent-Type: application/json\r\nContent-Length: "
        + length
        + "\r\n\r\n";
  }

  @Test
  void emptyAfterIsIgnored() {
    String token = TestTokens.user("after1", "u", "admin");

    assertThat(node.get("/api/v1/tenants/after1/events?after=", token).statusCode()).isEqualTo(200);
    assertThat(node.get("/api/v1/tenants/after1/users/7/inbox?after=", token).statusCode())
        .isEqualTo(200);
  }

  @Test
  void ticketOfAnUnknownKindIsABadRequest() {
    String body = "{\"kind\":null}";

    assertThat(node.post("/api/v1/ws/tickets", body, TestTokens.user("ticket1", "u")).statusCode())
        .isEqualTo(400);
  }
}
