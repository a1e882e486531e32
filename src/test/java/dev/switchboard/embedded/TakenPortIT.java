package dev.switchboard.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.TestTokens;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node does not start while another program has the port of an embedded server, and sends it
 * nothing.
 */
class TakenPortIT {
  @TempDir Path data;

  private JsonObject config(int redisPort, int postgresPort) {
    JsonObject local = new JsonObject().put("port", 0).put("host", "127.0.0.1");
    return new JsonObject()
        .put("node", new JsonObject().put("dataDirectory", data.toString()).put("warmup", "0s"))
        .put("http", local.copy())
        .put("management", local.copy())
        .put("auth", new JsonObject().put("jwtSecret", TestTokens.SECRET))
        .put("redis", new JsonObject().put("mode", "embedded").put("embeddedPort", redisPort))
        .put(
            "postgres", new JsonObject().put("mode", "embedded").put("embeddedPort", postgresPort));
  }

  @Test
  void foreignRedisIsSentNothing() throws IOException {
    try (ServerSocket foreign = foreignServer()) {
      int port = foreign.getLocalPort();

      assertThatThrownBy(() -> TestNode.start(config(port, TestRedis.freePort())).close())
          .hasMessageContainingAll(
              "port " + port,
              "redis.embeddedPort",
              "SWITCHBOARD_REDIS_EMBEDDED_PORT",
              "stop that program");

      assertNobodyConnected(foreign);
    }
  }

  @Test
  void foreignPostgresIsSentNothing() throws IOException {
    try (ServerSocket foreign = foreignServer()) {
      int port = foreign.getLocalPort();

      assertThatThrownBy(() -> TestNode.start(config(TestRedis.freePort(), port)).close())
          .hasMessageContainingAll(
              "port " + port,
              "postgres.embeddedPort",
              "SWITCHBOARD_POSTGRES_EMBEDDED_PORT",
              "stop that program");

      assertNobodyConnected(foreign);
    }
  }

  private static ServerSocket foreignServer() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  /** The kernel queues a connection without the server's doing, so each that was made is here. */
  private static void assertNobodyConnected(ServerSocket server) throws IOException {
    server.setSoTimeout(1);
    assertThatThrownBy(
            () -> {
              try (Socket connected = server.accept()) {
                assertThat(connected).isNull();
              }
            })
        .isInstanceOf(SocketTimeoutException.class);
  }
}
