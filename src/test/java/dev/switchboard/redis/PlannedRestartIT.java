package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestPostgres;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node is restarted together with its embedded Redis. */
class PlannedRestartIT {
  @TempDir Path data;

  private final int port = TestRedis.freePort();

  private TestNode start(TestPostgres postgres, String program) {
    JsonObject redis =
        new JsonObject()
            .put("mode", "embedded")
            .put("embeddedPort", port)
            .put("embeddedProgram", program)
            .put("timeout", "10s");
    JsonObject config = TestNode.config(postgres, redis);
    config.getJsonObject("node").put("dataDirectory", data.toString());
    return TestNode.start(config);
  }

  private static JsonObject publish(TestNode node, String text) {
    return node.publish(
        new JsonObject().put("tenant_id", "planned").put("type", "alert").put("payload", text));
  }

  private static String positionNow(TestNode node) {
    try (WsClient client = WsClient.signIn(node, TestTokens.user("planned", "1"))) {
      return client.connected().getString("position");
    }
  }

  private static WsClient resume(TestNode node, String position) {
    return WsClient.signIn(node, "/ws?after=" + position, TestTokens.user("planned", "1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "carried"})
  void orderlyRestartLosesNoHistoryAndAKilledRedisBeginsANewEpoch(String program)
      throws IOException {
    TestPostgres postgres = TestPostgres.create();
    String position;
    String missed;
    try (TestNode node = start(postgres, program)) {
      position = positionNow(node);
      missed = publish(node, "before the stop").getString("id");
    }
    String second;
    try (TestNode node = start(postgres, program)) {
      second = publish(node, "after the start").getString("id");
      try (WsClient client = resume(node, position)) {
        assertThat(client.connected().getBoolean("recovered")).isTrue();
        assertThat(client.next("alert").getString("id")).isEqualTo(missed);
        assertThat(client.next("alert").getString("id")).isEqualTo(second);
      }
    }
    // A log that nobody used in a run between is continued as well.
    start(postgres, program).close();
    try (TestNode node = start(postgres, program)) {
      try (WsClient client = resume(node, position)) {
        assertThat(client.connected().getBoolean("recovered")).isTrue();
        assertThat(client.next("alert").getString("id")).isEqualTo(missed);
      }
      killRedis();
    }
    try (TestNode node = start(postgres, program);
        WsClient client = resume(node, position)) {
      assertThat(client.connected().getBoolean("recovered")).isFalse();
      // The client's own presence may have been the first event of the new epoch.
      assertThat(epoch(publish(node, "later").getString("id"))).isNotEqualTo(epoch(second));
    }
  }

  private static String epoch(String id) {
    return id.substring(0, id.indexOf(':'));
  }

  private void killRedis() throws IOException {
    ProcessHandle redis = ProcessHandle.of(processId()).orElseThrow();
    assertThat(redis.destroyForcibly()).isTrue();
    Waiting.until("the embedded Redis is gone", () -> !redis.isAlive());
  }

  private long processId() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String password = Files.readString(data.resolve("redis/password")).strip();
      String commands = "AUTH " + password + "\r\nINFO\r\nQUIT\r\n";
      socket.getOutputStream().write(commands.getBytes(StandardCharsets.US_ASCII));
      String info = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return info.lines()
          .filter(line -> line.startsWith("process_id:"))
          .mapToLong(line -> Long.parseLong(line.substring("process_id:".length())))
          .findFirst()
          .orElseThrow();
    }
  }
}
