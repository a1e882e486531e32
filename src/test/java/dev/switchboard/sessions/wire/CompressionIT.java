package dev.switchboard.sessions.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.RawSocket;
import dev.switchboard.support.RawSocket.Frame;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RFC 7692 against a whole node: over bare TCP, and with a client of somebody else's making. */
class CompressionIT {
  private static final int TEXT = 0x81;
  private static final int DEFLATED = 0xc1;
  private static final String OFFER =
      "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
  private static final byte[] ASK = "{\"type\":\"ping\",\"ref\":\"é\"}".getBytes(UTF_8);

  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.put("sessions", new JsonObject().put("compression", true));
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static RawSocket signIn(String tenant) {
    return RawSocket.signIn(node, TestTokens.user(tenant, "u"), OFFER);
  }

  private static void publish(String tenant, String payload) {
    JsonObject unused =
        node.publish(
            new JsonObject().put("tenant_id", tenant).put("type", "alert").put("payload", payload));
  }

  @Test
  void largeEventsAreCompressedForWhoAgreedAndForNobodyElse() {
    try (RawSocket first = signIn("mix");
        RawSocket second = signIn("mix");
        RawSocket plain = RawSocket.signIn(node, TestTokens.user("mix", "u"))) {
      assertThat(first.head())
          .contains(
              "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover;"
                  + " client_no_context_takeover\r\n");
      assertThat(plain.head()).doesNotContain("permessage-deflate");

      publish("mix", "much of the same ".repeat(300));

      Frame compressed = first.read();
      Frame whole = plain.read();
      assertThat(compressed.first()).isEqualTo(DEFLATED);
      assertThat(whole.first()).isEqualTo(TEXT);
      assertThat(compressed.payload().length).isLessThan(whole.payload().length / 5);
      assertThat(inflate(compressed.payload())).isEqualTo(whole.text());
      assertThat(second.read().payload()).isEqualTo(compressed.payload());
    }
  }

  @Test
  void smallEventsAndLaterOnesAreReadableEachForItself() {
    try (RawSocket socket = signIn("small")) {
      publish("small", "short");
      assertThat(socket.read().first()).isEqualTo(TEXT);
      for (int i = 0; i < 3; i++) {
        publish("small", "the same again ".repeat(200));
        assertThat(inflate(socket.read().payload())).contains("the same again");
      }
    }
  }

  @Test
  void compressedMessagesOfClientsAreUnderstoodAlsoInFragments() {
    try (RawSocket socket = signIn("inbound")) {
      byte[] deflated = deflate(ASK);

      socket.send(DEFLATED, deflated);
      assertThat(socket.read().text()).contains("\"pong\"").contains("é");
      socket.send(0x41, Arrays.copyOf(deflated, 5));
      socket.send(0x80, Arrays.copyOfRange(deflated, 5, deflated.length));
      assertThat(socket.read().text()).contains("\"pong\"").contains("é");
      socket.send(TEXT, ASK);
      assertThat(socket.read().text()).contains("\"pong\"").contains("é");
    }
  }

  @Test
  void messageThatInflatesToTooMuchIsTooBig() {
    try (RawSocket socket = signIn("bomb")) {
      byte[] bomb = deflate(new byte[20_000_000]);
      assertThat(bomb.length).isLessThan(64 << 10);

      socket.send(DEFLATED, bomb);

      assertThat(socket.readUntilClose()).isEqualTo(1009);
    }
  }

  @Test
  void garbageIsRefused() {
    try (RawSocket socket = signIn("garbage")) {
      socket.send(DEFLATED, new byte[] {7, 7, 7, 7});
      assertThat(socket.readUntilClose()).isEqualTo(1007);
    }
  }

  @Test
  void onlyTheFirstFrameOfAMessageMayBeMarked() {
    try (RawSocket ping = signIn("marked");
        RawSocket close = signIn("marked");
        RawSocket continuation = signIn("marked");
        RawSocket otherBit = signIn("marked")) {
      ping.send(0xc9, new byte[0]);
      assertThat(ping.readUntilClose()).isEqualTo(1002);
      close.send(0xc8, new byte[] {3, -24});
      assertThat(close.readUntilClose()).isEqualTo(1002);
      continuation.send(0x41, deflate(ASK));
      continuation.send(0xc0, new byte[0]);
      assertThat(continuation.readUntilClose()).isEqualTo(1002);
      otherBit.send(0xa1, ASK);
      assertThat(otherBit.readUntilClose()).isEqualTo(1002);
    }
  }

  @Test
  void clientOfSomebodyElseTalksCompressedBothWays() throws InterruptedException {
    Vertx vertx = Vertx.vertx();
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    WebSocketClient client =
        vertx.createWebSocketClient(
            new WebSocketClientOptions()
                .setTryUsePerMessageCompression(true)
                .setCompressionAllowClientNoContext(true)
                .setCompressionRequestServerNoContext(true));
    WebSocket socket =
        client
            .webSocket()
            .textMessageHandler(heard::add)
            .connect(
                new WebSocketConnectOptions()
                    .setHost("127.0.0.1")
                    .setPort(node.port())
                    .setURI("/ws")
                    .putHeader("Authorization", "Bearer " + TestTokens.user("client", "u")))
            .toCompletionStage()
            .toCompletableFuture()
            .join();

    assertThat(socket.headers().get("Sec-WebSocket-Extensions")).startsWith("permessage-deflate");
    assertThat(next(heard)).contains("\"connected\"");
    Future<Void> unused =
        socket.writeTextMessage(
            new JsonObject().put("type", "ping").put("ref", "x".repeat(3_000)).encode());
    assertThat(next(heard)).contains("\"pong\"").contains("x".repeat(3_000));
    publish("client", "read by a stranger ".repeat(200));
    assertThat(next(heard)).contains("read by a stranger ".repeat(200));
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private static String next(BlockingQueue<String> heard) throws InterruptedException {
    String message = heard.poll(30, TimeUnit.SECONDS);
    return message == null ? "nothing came" : message;
  }

  private static byte[] deflate(byte[] message) {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(message);
    byte[] out = new byte[200_000];
    int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
    return Arrays.copyOf(out, length - 4);
  }

  private static String inflate(byte[] deflated) {
    Inflater inflater = new Inflater(true);
    byte[] input = Arrays.copyOf(deflated, deflated.length + 4);
    input[input.length - 2] = (byte) 0xff;
    input[input.length - 1] = (byte) 0xff;
    inflater.setInput(input);
    byte[] out = new byte[200_000];
    try {
      return new String(out, 0, inflater.inflate(out), UTF_8);
    } catch (DataFormatException e) {
      throw new AssertionError(e);
    }
  }
}
