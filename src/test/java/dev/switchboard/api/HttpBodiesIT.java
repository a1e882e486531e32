package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.RawHttp;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bodies of proven callers that are slow to come, or too many at once. */
class HttpBodiesIT {
  private static final String EVENT = "{\"tenant_id\":\"bodies\",\"type\":\"alert\",\"payload\":1}";
  private static final int MORE_THAN_HALF = 600 << 10;

  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("http").put("bodyTimeout", "10s").put("bodyMemory", "1MiB");
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void slowBodyIsAnsweredWithATimeout() throws IOException {
    ScheduledExecutorService pulse = Executors.newSingleThreadScheduledExecutor();
    try (RawHttp http = new RawHttp(node)) {
      http.send(post("Content-Length: 1000"));
      var drip =
          pulse.scheduleAtFixedRate(() -> sendUnlessClosed(http), 0, 200, TimeUnit.MILLISECONDS);

      assertThat(http.readHead()).startsWith("HTTP/1.1 408 ");
      assertThat(drip.cancel(false)).isTrue();
      assertThat(isClosed(http)).isTrue();
    } finally {
      pulse.shutdownNow();
    }
  }

  /** By an end, or by a reset if some of the drip was not read. */
  private static boolean isClosed(RawHttp http) throws IOException {
    try {
      return http.readToEnd().isEmpty();
    } catch (SocketException reset) {
      return true;
    }
  }

  private static void sendUnlessClosed(RawHttp http) {
    try {
      http.send(" ");
    } catch (IOException closed) {
      // What the test waits for.
    }
  }

  @Test
  void bodiesBeyondTheMemoryAreRefusedUntilOthersAreAnswered() throws IOException {
    int loops = Runtime.getRuntime().availableProcessors();
    String body = EVENT + " ".repeat(MORE_THAN_HALF - EVENT.length());
    List<RawHttp> let = new ArrayList<>();
    int sentAway = 0;
    // One more than there are event loops, so that two meet on one.
    for (int i = 0; i <= loops; i++) {
      RawHttp http = new RawHttp(node);
      http.send(post("Expect: 100-continue\r\nContent-Length: " + body.length()));
      String head = http.readHead();
      if (head.startsWith("HTTP/1.1 100 ")) {
        let.add(http);
      } else {
        assertThat(head).startsWith("HTTP/1.1 503 ").containsIgnoringCase("retry-after: 1");
        sentAway++;
        http.close();
      }
    }
    assertThat(sentAway).isEqualTo(1);

    for (RawHttp http : let) {
      http.send(body);
      assertThat(http.readHead()).startsWith("HTTP/1.1 202 ");
      http.send(post("Content-Length: " + body.length()) + body);
      assertThat(http.readHead()).startsWith("HTTP/1.1 202 ");
      http.close();
    }
  }

  @Test
  void largeBodiesOfPeopleDoNotBlockBackendsOrOtherTenants() throws IOException {
    int loops = Runtime.getRuntime().availableProcessors();
    String people = TestTokens.user("bodies", "1");
    List<RawHttp> waiting = new ArrayList<>();
    int sentAway = 0;
    for (int i = 0; i <= loops; i++) {
      RawHttp http = new RawHttp(node);
      waiting.add(http);
      http.send(asking(people, 200 << 10));
      sentAway += http.readHead().startsWith("HTTP/1.1 503 ") ? 1 : 0;
    }
    assertThat(sentAway).isEqualTo(1);

    for (int i = 0; i < loops; i++) {
      for (String other : List.of(TestTokens.user("neighbour" + i, "1"), TestTokens.service())) {
        RawHttp http = new RawHttp(node);
        waiting.add(http);
        http.send(asking(other, 200 << 10));
        assertThat(http.readHead()).startsWith("HTTP/1.1 100 ");
      }
    }
    for (RawHttp http : waiting) {
      http.close();
    }
    Waiting.until(
        "the memory of disconnected clients is released", () -> isAdmittedByEach(loops, people));
  }

  private static boolean isAdmittedByEach(int loops, String token) {
    List<String> heads = new ArrayList<>();
    List<RawHttp> asked = new ArrayList<>();
    try {
      for (int i = 0; i < loops; i++) {
        RawHttp http = new RawHttp(node);
        asked.add(http);
        http.send(asking(token, 200 << 10));
        heads.add(http.readHead());
      }
      for (RawHttp http : asked) {
        http.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return heads.stream().allMatch(head -> head.startsWith("HTTP/1.1 100 "));
  }

  private static String asking(String token, int length) {
    return post(token, "Expect: 100-continue\r\nContent-Length: " + length);
  }

  @Test
  void bodyOfUnknownLengthIsAdmittedIfItIsTheOnlyOne() throws IOException {
    try (RawHttp http = new RawHttp(node)) {
      http.send(post("Transfer-Encoding: chunked"));
      http.send(Integer.toHexString(EVENT.length()) + "\r\n" + EVENT + "\r\n0\r\n\r\n");

      assertThat(http.readHead()).startsWith("HTTP/1.1 202 ");
    }
  }

  private static String post(String headers) {
    return post(TestTokens.service(), headers);
  }

  private static String post(String token, String headers) {
    return "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
        + token
        + "\r\nContent-Type: application/json\r\n"
        + headers
        + "\r\n\r\n";
  }
}
