package dev.switchboard.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.SseClient;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a browser's {@code EventSource} is answered: at any status but 200 it gives up for good. */
@Timeout(180)
class StreamRetryIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String STREAM = "/api/v1/events/stream";

  private static String ticket(TestNode node, String token) {
    String body = new JsonObject().put("kind", "stream").encode();
    return new JsonObject(node.post("/api/v1/ws/tickets", body, token).body()).getString("ticket");
  }

  private static void assertAskedToComeBack(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store, no-transform");
    assertThat(answer.body()).containsPattern("retry: [1-9][0-9]{2,3}\n").contains("\"code\":4503");
  }

  @Test
  void disconnectedStreamIsAnswered204WhenTheBrowserComesBack() {
    try (TestNode node = TestNode.start(stores)) {
      String query = "?ticket=" + ticket(node, TestTokens.user("away", "u"));
      try (SseClient stream = SseClient.open(node, query)) {
        assertThat(stream.next().data().getString("type")).isEqualTo("connected");
        String disconnect = "/api/v1/tenants/away/users/u/disconnect";
        assertThat(node.post(disconnect, "", TestTokens.service()).statusCode()).isEqualTo(202);
        assertThat(stream.end().getInteger("code")).isEqualTo(4410);
      }

      Waiting.until(
          "the ticket is refused",
          () -> node.call("HEAD", STREAM + query, null).statusCode() == 204);
      assertThat(node.call("GET", STREAM + query, null).statusCode()).isEqualTo(204);
      String another = "?ticket=" + ticket(node, TestTokens.user("away", "u"));
      try (SseClient stream = SseClient.open(node, another)) {
        assertThat(stream.next().data().getString("type")).isEqualTo("connected");
      }
    }
  }

  @Test
  void streamIsAskedToComeBackWhileTicketsCannotBeChecked() {
    try (TestNode node = TestNode.start(stores)) {
      String path = STREAM + "?ticket=" + ticket(node, TestTokens.user("outage", "u"));
      stores.redis().freeze();

      assertAskedToComeBack(node.call("GET", path, null));
      assertThat(node.call("GET", path, null, "X-Proxy-Retries", "503").statusCode())
          .isEqualTo(503);

      stores.redis().thaw();
      Waiting.until(
          "tickets are checked again", () -> node.call("HEAD", path, null).statusCode() == 200);
      assertThat(node.call("GET", STREAM + "?ticket=unknown", null).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void streamIsAskedToComeBackWhileTheNodeDrains() throws Exception {
    JsonObject config = TestNode.config(stores);
    config.put("sessions", new JsonObject().put("drainWindow", "10s"));
    String token = TestTokens.user("drains", "u");
    TestNode node = TestNode.start(config);
    IntStream.range(0, 50).forEach(i -> assertThat(WsClient.signIn(node, token)).isNotNull());
    IntStream.range(0, 50)
        .forEach(i -> assertThat(WsClient.signIn(node, TestTokens.user("d2", "u"))).isNotNull());

    CompletableFuture<Void> stopped = CompletableFuture.runAsync(node::close);
    Waiting.until(
        "the node refuses calls",
        () -> node.call("GET", "/openapi.yaml", null).statusCode() == 503);

    assertAskedToComeBack(node.call("GET", STREAM, null, "Authorization", "Bearer " + token));
    assertThat(node.call("GET", STREAM, null, "X-Proxy-Retries", "503").statusCode())
        .isEqualTo(503);
    stopped.get(120, TimeUnit.SECONDS);
  }
}
