package dev.switchboard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.switchboard.support.JarCommand;
import dev.switchboard.support.JarCommand.Result;
import dev.switchboard.support.Relay;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@code publish}, {@code listen} and {@code simulate} do to a real node, and how they end.
 */
class ClientCommandsIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  @TempDir Path directory;

  @BeforeAll
  static void start() {
    node = TestNode.start(stores);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static String url(int port) {
    return "http://127.0.0.1:" + port;
  }

  private Result publish(String token, String input, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("publish", "--url", url(node.port())));
    all.addAll(List.of(arguments));
    return JarCommand.in(directory)
        .with("SWITCHBOARD_TOKEN", token)
        .reading(input)
        .start(all.toArray(String[]::new))
        .await();
  }

  private JarCommand listen(int port, String token, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("listen", "--url", url(port)));
    all.addAll(List.of(arguments));
    return JarCommand.in(directory)
        .with("SWITCHBOARD_TOKEN", token)
        .start(all.toArray(String[]::new));
  }

  private static void awaitOutput(JarCommand command, String text) {
    Waiting.until("the command prints: " + text, () -> command.err().contains(text));
  }

  private static JsonObject alert(String tenant, Object payload) {
    return new JsonObject().put("tenant_id", tenant).put("type", "alert").put("payload", payload);
  }

  @Test
  void simulationKeepsTheStateOfAContactCentre() throws IOException {
    node.publish(alert("demo-1", 1).put("keep", "calls/left-over"));

    Result result =
        JarCommand.in(directory)
            .with("SWITCHBOARD_TOKEN", TestTokens.service())
            .start(
                "simulate",
                "--url",
                url(node.port()),
                "--tenant",
                "demo-1",
                "--agents",
                "5",
                "--calls",
                "3/s",
                "--seed",
                "1",
                "--for",
                "3s")
            .await();

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.err()).contains("seed 1, 5 agents, 3/s calls, tenant demo-1");
    assertThat(keysOf("demo-1", "agents")).hasSize(5);
    assertThat(keysOf("demo-1", "queues")).hasSize(4);
    assertThat(keysOf("demo-1", "calls")).isNotEmpty().doesNotContain("calls/left-over");
  }

  private static List<String> keysOf(String tenant, String collection) {
    String path = "/api/v1/tenants/" + tenant + "/kept/" + collection;
    return new JsonObject(node.get(path, TestTokens.service()).body())
        .getJsonArray("events").stream()
            .map(event -> ((JsonObject) event).getString("keep"))
            .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--calls=30", "--agents=0", "--for=soon", "--tenant=a b"})
  void simulationNamesTheOptionToFix(String option) throws IOException {
    Result result =
        JarCommand.in(directory)
            .with("SWITCHBOARD_TOKEN", TestTokens.service())
            .start("simulate", "--url", url(node.port()), option)
            .await();

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains(option.substring(0, option.indexOf('=')));
  }

  @Test
  void oneEventIsPublishedAndItsAnswerPrinted() throws IOException {
    Result result =
        publish(
            TestTokens.service(),
            "",
            "--tenant",
            "cli1",
            "--type",
            "call.incoming",
            "--event-id",
            "e-1",
            "--payload",
            "{\"n\":9007199254740993}");

    assertThat(result.exitCode()).as(result.err()).isZero();
    JsonObject answer = new JsonObject(result.out());
    assertThat(answer.getString("event_id")).isEqualTo("e-1");
    assertThat(answer.getString("channel")).isEqualTo("callcenter:calls:cli1");
  }

  @Test
  void defaultUrlIsTheNodeOnThisMachine() throws IOException {
    Result result =
        JarCommand.in(directory)
            .with("SWITCHBOARD_TOKEN", TestTokens.service())
            .with("SWITCHBOARD_HTTP_PORT", Integer.toString(node.port()))
            .start("publish", "--tenant", "cli0", "--type", "call.ended", "--payload", "1")
            .await();

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(new JsonObject(result.out()).getString("channel")).endsWith(":cli0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--sse", "--events=alert"})
  void linesOfInputArriveUnchangedAndInOrder(String how) throws IOException {
    String tenant = how.equals("--sse") ? "cli2s" : "cli2w";
    String before = node.publish(alert(tenant, 0)).getString("id");
    String lines =
        """
        {"type":"alert","payload":{"big":9007199254740993,"text":"é"}}

        {"tenant_id":"%1$s","type":"alert","payload":2,"event_id":"mine"}
        {"type":"alert","payload":3}
        """
            .formatted(tenant);

    Result published = publish(TestTokens.service(), lines, "--tenant", tenant, "--batch", "2");
    Result heard =
        listen(node.port(), TestTokens.user(tenant, "u"), how, "--after", before, "--count", "3")
            .await();

    assertThat(published.exitCode()).as(published.err()).isZero();
    assertThat(published.out().lines()).hasSize(3);
    assertThat(heard.exitCode()).as(heard.err()).isZero();
    List<String> events = heard.out().lines().toList();
    assertThat(events).hasSize(3);
    assertThat(events.get(0)).endsWith("\"payload\":{\"big\":9007199254740993,\"text\":\"é\"}}");
    assertThat(events.get(1)).contains("\"event_id\":\"mine\"");
    assertThat(events.get(2)).endsWith("\"payload\":3}");
    assertThat(heard.err()).contains("no events missed");
  }

  @Test
  void bytesArriveIntactInAPosixLocale() throws IOException {
    String before = node.publish(alert("cli10", 0)).getString("id");
    String text = "\"Grüße \u20ac \ud83d\ude00\"";

    for (String input : List.of("", "{\"type\":\"alert\",\"payload\":" + text + "}\n")) {
      List<String> arguments =
          new ArrayList<>(List.of("publish", "--url", url(node.port()), "--tenant", "cli10"));
      if (input.isEmpty()) {
        arguments.addAll(List.of("--type", "alert", "--payload", text));
      }
      Result published =
          JarCommand.in(directory)
              .with("SWITCHBOARD_TOKEN", TestTokens.service())
              .with("LC_ALL", "C")
              .reading(input)
              .startFromScript(arguments.toArray(String[]::new))
              .await();
      assertThat(published.exitCode()).as(published.err()).isZero();
    }
    Result heard =
        JarCommand.in(directory)
            .with("SWITCHBOARD_TOKEN", TestTokens.user("cli10", "u"))
            .with("LC_ALL", "C")
            .start("listen", "--url", url(node.port()), "--after", before, "--count", "2")
            .await();

    assertThat(heard.out().lines()).hasSize(2).allMatch(line -> line.contains(text));
  }

  @Test
  void lineThatIsNotUtf8EndsWith1AfterPublishingTheLinesBefore() throws IOException {
    Path input = directory.resolve("latin1");
    Files.write(
        input,
        "{\"tenant_id\":\"cli11\",\"type\":\"alert\",\"payload\":1}\n\"\u00e9\"\n"
            .getBytes(StandardCharsets.ISO_8859_1));

    Result result =
        JarCommand.in(directory)
            .with("SWITCHBOARD_TOKEN", TestTokens.service())
            .readingFile(input)
            .start("publish", "--url", url(node.port()))
            .await();

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out().lines()).hasSize(1);
    assertThat(result.err()).contains("line 2 is not UTF-8 text");
  }

  @Test
  void tokenFileIsReadAsEditorsWriteIt() throws IOException {
    Path token =
        Files.writeString(directory.resolve("bom"), "\uFEFF" + TestTokens.service() + "\r\n");

    for (String file : List.of(token.toString(), "/dev/stdin")) {
      Result result =
          JarCommand.in(directory)
              .reading(TestTokens.service() + "\n")
              .start(
                  "publish",
                  "--url",
                  url(node.port()),
                  "--token-file",
                  file,
                  "--tenant",
                  "cli12",
                  "--type",
                  "alert",
                  "--payload",
                  "1")
              .await();
      assertThat(result.exitCode()).as(result.err()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--sse", "--events=alert"})
  void serverThatIsNoNodeEndsWith2(String how) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 2);
          exchange.getResponseBody().write(new byte[] {'h', 'i'});
          exchange.close();
        });
    server.start();
    try {
      Result result = listen(server.getAddress().getPort(), TestTokens.user("t", "u"), how).await();

      assertThat(result.exitCode()).as(result.err()).isEqualTo(2);
      assertThat(result.err().lines()).hasSize(1);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void refusedEventNamesItsLineAndEndsWith1() throws IOException {
    String lines =
        """
        {"tenant_id":"cli3","type":"alert","payload":1}

        {"tenant_id":"cli3","type":"Alert","payload":2}
        """;

    Result result = publish(TestTokens.service(), lines);

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("line 3 /type");
  }

  @Test
  void lineThatIsNotJsonEndsWith1AfterPublishingTheLinesBefore() throws IOException {
    String lines = "{\"tenant_id\":\"cli4\",\"type\":\"alert\",\"payload\":1}\noops\n";

    Result result = publish(TestTokens.service(), lines);

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out().lines()).hasSize(1);
    assertThat(result.err()).contains("line 2 is not a JSON object");
  }

  @Test
  void userErrorEndsWith2() throws IOException {
    String line = "{\"tenant_id\":\"cli5\",\"type\":\"alert\",\"payload\":1}\n";

    assertThat(publish("nonsense", line).exitCode()).isEqualTo(2);
    assertThat(publish(TestTokens.user("other", "u", "admin"), line).exitCode()).isEqualTo(2);
    assertThat(listen(node.port(), "nonsense").await().exitCode()).isEqualTo(2);
    assertThat(
            listen(node.port(), TestTokens.user("cli5", "u"), "--sse", "--events", "A b")
                .await()
                .exitCode())
        .isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://host", "http://", "http://host:port", "http://host:65536"})
  void urlWithoutAHostIsRefusedInOneLine(String url) throws IOException {
    Result result =
        JarCommand.in(directory)
            .with("SWITCHBOARD_TOKEN", TestTokens.service())
            .start("publish", "--url", url, "--tenant", "t", "--type", "alert", "--payload", "1")
            .await();

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err()).contains("--url", "is not of the form http://host:port");
  }

  @Test
  void eventsOfUnknownOutcomeArePrintedWithTheirIdsAndEndWith3() throws IOException {
    Path token = Files.writeString(directory.resolve("token"), TestTokens.service() + "\n");

    Result result =
        JarCommand.in(directory)
            .reading("{\"tenant_id\":\"cli6\",\"type\":\"alert\",\"payload\":1}\n")
            .start(
                "publish",
                "--url",
                url(TestRedis.freePort()),
                "--token-file",
                token.toString(),
                "--patience",
                "1s")
            .await();

    assertThat(result.exitCode()).isEqualTo(3);
    String line = result.err().lines().filter(l -> l.startsWith("{")).findFirst().orElseThrow();
    assertThat(new JsonObject(line).getString("event_id")).isNotEmpty();
    assertThat(new JsonObject(line).getString("tenant_id")).isEqualTo("cli6");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--sse", "--events=alert"})
  void cutConnectionIsResumedWithoutAHole(String how) throws IOException {
    String tenant = how.equals("--sse") ? "cli7s" : "cli7w";
    try (Relay relay = Relay.to(node.port());
        JarCommand listener =
            listen(relay.port(), TestTokens.user(tenant, "u"), how, "--count", "3")) {
      awaitOutput(listener, "connected to");
      node.publish(alert(tenant, 1));
      Waiting.until("the first event is printed", () -> listener.out().contains("\"payload\":1}"));

      int nowhere = TestRedis.freePort();
      relay.lead(nowhere);
      relay.cut();
      node.publish(alert(tenant, 2));
      relay.lead(node.port());
      awaitOutput(listener, "no events missed");
      node.publish(alert(tenant, 3));
      Result result = listener.await();

      assertThat(result.exitCode()).as(result.err()).isZero();
      assertThat(result.out().lines().map(line -> new JsonObject(line).getInteger("payload")))
          .containsExactly(1, 2, 3);
    }
  }

  @Test
  void clientOfADrainingNodeReconnectsToAnother() throws IOException {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("http").put("drainTimeout", "2s");
    TestNode leaving = TestNode.start(config);
    try (Relay relay = Relay.to(leaving.port());
        JarCommand listener = listen(relay.port(), TestTokens.user("cli8", "u"), "--count", "1")) {
      awaitOutput(listener, "connected to");

      relay.lead(node.port());
      leaving.close();
      awaitOutput(listener, "1001 (retry_after_ms=");
      node.publish(alert("cli8", 1));

      assertThat(listener.await().exitCode()).as(listener.err()).isZero();
    }
  }

  @Test
  void disconnectedUserEndsWith1() throws IOException {
    try (JarCommand listener = listen(node.port(), TestTokens.user("cli9", "u"))) {
      awaitOutput(listener, "connected to");

      int status =
          node.post("/api/v1/tenants/cli9/users/u/disconnect", "", TestTokens.service())
              .statusCode();

      assertThat(status).isEqualTo(202);
      assertThat(listener.await().exitCode()).isEqualTo(1);
    }
  }
}
