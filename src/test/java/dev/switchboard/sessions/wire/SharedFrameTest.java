package dev.switchboard.sessions.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.ProtocolFault;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What we frame ourselves reads the same in Netty's own decoder. */
class SharedFrameTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 125, 126, 127, 65_535, 65_536, 1 << 20})
  void aMessageOfEveryLengthIsReadByAnotherDecoder(int length) {
    byte[] text = new byte[length];
    Arrays.fill(text, (byte) 'x');
    SharedFrame frame = SharedFrame.text(text);
    EmbeddedChannel client = client();

    assertThat(client.writeInbound(frame.duplicate())).isTrue();
    TextWebSocketFrame read = client.readInbound();

    assertThat(read.isFinalFragment()).isTrue();
    assertThat(read.rsv()).isZero();
    assertThat(read.text()).hasSize(length);
    frame.release();
    // Netty's empty buffer is one for all and is never released.
    assertThat(read.release()).isEqualTo(length > 0);
    assertThat(client.finish()).isFalse();
  }

  @Test
  void manySocketsShareOneMemoryUntilTheLastHasWrittenIt() {
    SharedFrame frame = SharedFrame.text("{\"a\":\"\u20ac\"}".getBytes(StandardCharsets.UTF_8));
    ByteBuf first = frame.duplicate();
    ByteBuf second = frame.duplicate();
    assertThat(frame.length()).isEqualTo(2 + 11);

    frame.release();
    EmbeddedChannel client = client();
    assertThat(client.writeInbound(first)).isTrue();
    assertThat(client.writeInbound(second)).isTrue();

    for (int i = 0; i < 2; i++) {
      TextWebSocketFrame read = client.readInbound();
      assertThat(read.text()).isEqualTo("{\"a\":\"\u20ac\"}");
      assertThat(read.release()).isTrue();
    }
    assertThat(second.refCnt()).isZero();
    assertThat(client.finish()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"short, 5", "'', 0", "é, 2"})
  void closeFrameCarriesItsCodeAndReason(String reason, int bytes) {
    CloseWebSocketFrame close = closed(reason);

    assertThat(close.statusCode()).isEqualTo(4400);
    assertThat(close.reasonText()).isEqualTo(reason);
    assertThat(close.content().readableBytes()).isEqualTo(2 + bytes);
    assertThat(close.release()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"x, 123", "é, 122", "€, 123", "😀, 120"})
  void longWordsAreCutBetweenCharacters(String character, int kept) {
    CloseWebSocketFrame close = closed(character.repeat(124));

    assertThat(close.reasonText().getBytes(StandardCharsets.UTF_8)).hasSize(kept);
    assertThat(close.reasonText().replace(character, "")).isEmpty();
    assertThat(close.release()).isTrue();
  }

  private static CloseWebSocketFrame closed(String reason) {
    SocketChannel socket = new SocketChannel(new Deaf(), 1_000, null, new UnreadOutput());
    EmbeddedChannel server = new EmbeddedChannel(socket);
    socket.close(4400, reason);
    EmbeddedChannel client = client();
    assertThat(client.writeInbound(server.<ByteBuf>readOutbound())).isTrue();
    WebSocketFrame read = client.readInbound();
    assertThat(server.finish()).isFalse();
    return (CloseWebSocketFrame) read;
  }

  private static EmbeddedChannel client() {
    return new EmbeddedChannel(
        new WebSocket13FrameDecoder(
            WebSocketDecoderConfig.newBuilder()
                .expectMaskedFrames(false)
                .maxFramePayloadLength(2 << 20)
                .build()));
  }

  /** Hears nothing. */
  private static final class Deaf implements SocketListener {
    @Override
    public void upgraded(SocketChannel socket) {}

    @Override
    public void read(SocketChannel socket, int bytes) {}

    @Override
    public void text(SocketChannel socket, String text) {}

    @Override
    public void pong(SocketChannel socket, long number) {}

    @Override
    public void writable(SocketChannel socket) {}

    @Override
    public void failed(SocketChannel socket, ProtocolFault fault) {}

    @Override
    public void closed(SocketChannel socket) {}
  }
}
