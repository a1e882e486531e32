package dev.switchboard.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Server-sent events: the same filters and recovery over another transport. */
@Timeout(60)
class EventStreamIT {
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

  private record Block(String id, JsonObject data) {}

  private static final class Stream implements AutoCloseable {
    private final BufferedReader reader;

    Stream(String query, String... headers) throws IOException, InterruptedException {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(
              URI.create("http://127.0.0.1:" + node.port() + "/api/v1/events/stream" + query));
      if (headers.length > 0) {
        request.headers(headers);
      }
      HttpResponse<InputStream> response =
          HttpClient.newHttpClient()
              .send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      assertThat(response.statusCode()).isEqualTo(200);
      reader = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    Block next() throws IOException {
      String id = "";
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("data: ")) {
          return new Block(id, new JsonObject(line.substring(6)));
        }
      }
      throw new AssertionError("the stream ended");
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }

  private static JsonObject call(String tenant, int number) {
    return new JsonObject()
        .put("tenant_id", tenant)
        .put("type", "call.incoming")
        .put("payload", number);
  }

  @Test
  void everyIdResumesTheStream() throws Exception {
    String[] headers = {"Authorization", "Bearer " + TestTokens.user("sse1", "u")};
    String place;
    try (Stream stream = new Stream("?events=call.*", headers)) {
      assertThat(stream.next().data().getString("type")).isEqualTo("connected");
      node.publish(call("sse1", 1));
      node.publish(call("sse1", 2));
      Block first = stream.next();
      assertThat(first.data().getInteger("payload")).isEqualTo(1);
      place = first.id();
    }

    try (Stream again =
        new Stream(
            "?events=call.*&after=nonsense", headers[0], headers[1], "Last-Event-ID", place)) {
      assertThat(again.next().data().getJsonObject("payload").getBoolean("recovered")).isTrue();
      assertThat(again.next().data().getInteger("payload")).isEqualTo(2);
      node.publish(call("sse1", 3));
      assertThat(again.next().data().getInteger("payload")).isEqualTo(3);
    }
  }

  @Test
  void streamTicketIsGoodForReconnects() throws Exception {
    HttpResponse<String> made =
        node.post("/api/v1/ws/tickets", "{\"kind\":\"stream\"}", TestTokens.user("sse2", "u"));
    String query = "?ticket=" + new JsonObject(made.body()).getString("ticket");

    try (Stream first = new Stream(query)) {
      assertThat(first.next().data().getString("type")).isEqualTo("connected");
    }
    try (Stream second = new Stream(query)) {
      assertThat(second.next().data().getString("type")).isEqualTo("connected");
    }
  }

  @Test
  void strangersGetAnHttpAnswer() {
    assertThat(node.call("GET", "/api/v1/events/stream", null).statusCode()).isEqualTo(401);
    assertThat(node.get("/api/v1/events/stream", TestTokens.service()).statusCode()).isEqualTo(403);
  }
}
