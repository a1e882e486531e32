package dev.switchboard.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.SseClient;
import dev.switchboard.support.SseClient.Block;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Server-sent events: the same filters, bounds and recovery over another transport. */
@Timeout(120)
class EventStreamIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String PAGE = "https://desk.example.com";
  private static final String STREAM = "/api/v1/events/stream";

  private static TestNode node;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.put(
        "sessions",
        new JsonObject()
            .put("queueBytes", "256KiB")
            .put("allowedOrigins", new JsonArray().add(PAGE)));
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static String bearer(String tenant) {
    return "Bearer " + TestTokens.user(tenant, "u");
  }

  private static JsonObject call(String tenant, Object payload) {
    return new JsonObject()
        .put("tenant_id", tenant)
        .put("type", "call.incoming")
        .put("payload", payload);
  }

  @Test
  void everyIdResumesTheStream() {
    String place;
    try (SseClient stream =
        SseClient.open(node, "?events=call.*", "Authorization", bearer("sse1"))) {
      assertThat(stream.next().data().getString("type")).isEqualTo("connected");
      node.publish(call("sse1", 1));
      node.publish(call("sse1", 2));
      Block first = stream.next();
      assertThat(first.data().getInteger("payload")).isEqualTo(1);
      place = first.id();
    }

    try (SseClient again =
        SseClient.open(
            node,
            "?events=call.*&after=nonsense",
            "Authorization",
            bearer("sse1"),
            "Last-Event-ID",
            place)) {
      assertThat(again.next().data().getJsonObject("payload").getBoolean("recovered")).isTrue();
      assertThat(again.next().data().getInteger("payload")).isEqualTo(2);
      node.publish(call("sse1", 3));
      assertThat(again.next().data().getInteger("payload")).isEqualTo(3);
    }
  }

  @Test
  void lastEventIdOverridesTheUrl() {
    String first = node.publish(call("sse3", 1)).getString("id");
    String second = node.publish(call("sse3", 2)).getString("id");
    node.publish(call("sse3", 3));

    try (SseClient stream =
        SseClient.open(
            node, "?after=" + first, "Authorization", bearer("sse3"), "Last-Event-ID", second)) {
      assertThat(stream.next().data().getJsonObject("payload").getBoolean("recovered")).isTrue();
      assertThat(stream.next().data().getInteger("payload")).isEqualTo(3);
    }
  }

  @Test
  void streamTicketIsGoodForReconnects() {
    HttpResponse<String> made =
        node.post("/api/v1/ws/tickets", "{\"kind\":\"stream\"}", TestTokens.user("sse2", "u"));
    String query = "?ticket=" + new JsonObject(made.body()).getString("ticket");

    try (SseClient first = SseClient.open(node, query)) {
      assertThat(first.next().data().getString("type")).isEqualTo("connected");
    }
    try (SseClient second = SseClient.open(node, query)) {
      assertThat(second.next().data().getString("type")).isEqualTo("connected");
    }
  }

  @Test
  void clientsThatAreNotAllowedGetAnHttpError() {
    assertThat(node.call("GET", STREAM, null).statusCode()).isEqualTo(401);
    assertThat(node.get(STREAM, TestTokens.service()).statusCode()).isEqualTo(403);
    assertThat(node.get(STREAM + "?events=A%20b", TestTokens.user("sse4", "u")).statusCode())
        .isEqualTo(400);
  }

  @Test
  void slowReaderIsCutOffAndResumesWithoutAHole() throws IOException {
    try (Socket stuck = new Socket();
        SseClient healthy = SseClient.open(node, "", "Authorization", bearer("slow"))) {
      stuck.setReceiveBufferSize(8_192);
      stuck.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), node.port()));
      String place = placeOfConnected(stuck, bearer("slow"));
      assertThat(healthy.next().data().getString("type")).isEqualTo("connected");
      int[] published = {0};

      Waiting.until(
          "the slow stream is ended",
          () -> {
            node.publish(call("slow", ++published[0] + "x".repeat(60_000)));
            assertThat(healthy.next().data().getString("payload")).startsWith(published[0] + "x");
            return node.manage("/metrics").body().contains("reason=\"TOO_SLOW\"} 1");
          });

      try (SseClient again =
          SseClient.open(node, "", "Authorization", bearer("slow"), "Last-Event-ID", place)) {
        assertThat(again.next().data().getJsonObject("payload").getBoolean("recovered")).isTrue();
        for (int i = 1; i <= published[0]; i++) {
          assertThat(again.next().data().getString("payload")).startsWith(i + "x");
        }
      }
    }
  }

  /** Opens a stream by hand and reads no further than the id of {@code connected}. */
  private static String placeOfConnected(Socket socket, String authorization) throws IOException {
    String request =
        "GET " + STREAM + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + authorization;
    socket.getOutputStream().write((request + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    DataInputStream in = new DataInputStream(socket.getInputStream());
    StringBuilder read = new StringBuilder();
    while (read.indexOf("\"type\":\"connected\"") < 0) {
      read.append((char) in.readUnsignedByte());
    }
    Matcher id = Pattern.compile("id: (\\S+)\n").matcher(read);
    assertThat(id.find()).isTrue();
    return id.group(1);
  }

  @Test
  void pageOfAnAllowedOriginMayReadEveryAnswer() {
    try (SseClient stream =
        SseClient.open(node, "", "Authorization", bearer("cors"), "Origin", PAGE)) {
      assertThat(stream.headers().firstValue("Access-Control-Allow-Origin")).hasValue(PAGE);
      assertThat(stream.headers().firstValue("Vary")).hasValue("Origin");
    }
    HttpResponse<String> refused = node.call("GET", STREAM, null, "Origin", PAGE);
    HttpResponse<String> ticket =
        node.call(
            "POST", "/api/v1/ws/tickets", "{}", "Origin", PAGE, "Authorization", bearer("cors"));

    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.headers().firstValue("Access-Control-Allow-Origin")).hasValue(PAGE);
    assertThat(ticket.statusCode()).isEqualTo(201);
    assertThat(ticket.headers().firstValue("Access-Control-Allow-Origin")).hasValue(PAGE);
  }

  @Test
  void pageOfAnotherOriginMayNotReadAnything() {
    HttpResponse<String> refused =
        node.call(
            "GET",
            STREAM,
            null,
            "Origin",
            "https://evil.example.com",
            "Authorization",
            bearer("cors"));

    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
  }

  @Test
  void preflightNamesWhatABrowserMaySend() {
    HttpResponse<String> allowed = node.call("OPTIONS", STREAM, null, "Origin", PAGE);
    HttpResponse<String> refused =
        node.call("OPTIONS", STREAM, null, "Origin", "https://evil.example.com");

    assertThat(allowed.statusCode()).isEqualTo(204);
    assertThat(allowed.headers().firstValue("Access-Control-Allow-Origin")).hasValue(PAGE);
    assertThat(allowed.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
        .contains("Authorization", "Last-Event-ID");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(node.call("OPTIONS", "/api/v1/ws/tickets", null, "Origin", PAGE).statusCode())
        .isEqualTo(204);
  }
}
