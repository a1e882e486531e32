package dev.switchboard.sessions.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.RawSocket;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Frames that come in one piece with the request that asks for the upgrade. */
class EarlyFramesIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.put("sessions", new JsonObject().put("authTimeout", "60s"));
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void messageIsAnswered() {
    byte[] ask = "{\"type\":\"ping\",\"ref\":7}".getBytes(UTF_8);
    try (RawSocket socket = RawSocket.upgrade(node, RawSocket.frame(0x81, ask))) {
      JsonObject pong = new JsonObject(socket.read().text());

      assertThat(pong.getString("type")).isEqualTo("pong");
      assertThat(pong.getInteger("ref")).isEqualTo(7);
    }
  }

  @Test
  void closeEndsTheSession() {
    try (RawSocket socket = RawSocket.upgrade(node, RawSocket.frame(0x88, new byte[] {3, -24}))) {
      assertThat(socket.readUntilClose()).isEqualTo(1000);

      Waiting.until("nobody is counted any more", () -> sessions() == 0);
    }
  }

  private static int sessions() {
    String stats = node.get("/api/v1/ws/stats", TestTokens.service()).body();
    return new JsonObject(stats).getInteger("total_connections");
  }
}
