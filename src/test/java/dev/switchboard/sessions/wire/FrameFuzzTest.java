package dev.switchboard.sessions.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.ProtocolFault;
import dev.switchboard.fuzz.FuzzTarget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;

/**
 * The bytes of a client behind its upgrade: frames, compressed or not. Messages are text within the
 * bound; at most one close frame answers a fault, and nothing is handed on after it. Also checks
 * UTF-8 and offers of extensions.
 */
class FrameFuzzTest extends FuzzTarget {
  private static final int MAX_MESSAGE = 300;
  private static final int TEXT = 0x81;
  private static final int CLOSE = 0x88;

  @Override
  protected void check(byte[] input) {
    checkFrames(input);
    checkUtf8(input);
    String offer = DeflateOffer.answer(List.of(text(input)));
    assertThat(offer == null || offer.startsWith("permessage-deflate")).isTrue();
    checkCompression(input);
  }

  private static void checkFrames(byte[] input) {
    Heard heard = new Heard();
    SocketChannel socket =
        new SocketChannel(heard, MAX_MESSAGE, new Compression(0), new UnreadOutput());
    WebSocketDecoderConfig config =
        WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(MAX_MESSAGE)
            .allowExtensions(true)
            .closeOnProtocolViolation(false)
            .build();
    EmbeddedChannel channel = new EmbeddedChannel(new WebSocket13FrameDecoder(config), socket);
    ByteBuf bytes = Unpooled.copiedBuffer(input);
    boolean unused = channel.writeInbound(bytes);
    boolean closes = false;
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      // A write without bytes only waits until the ones before it are sent.
      if (out.isReadable()) {
        int kind = out.getUnsignedByte(out.readerIndex());
        assertThat(closes).as("nothing follows a close frame").isFalse();
        closes = kind == CLOSE;
        assertThat(kind).isNotEqualTo(TEXT);
      }
      out.release();
    }
    assertThat(heard.faults).isLessThanOrEqualTo(closes ? 1 : 0);
    boolean more = channel.finishAndReleaseAll();
    channel.checkException();
    assertThat(more).isFalse();
    assertThat(heard.closed).isEqualTo(1);
    assertThat(input.length == 0 || bytes.refCnt() == 0).isTrue();
  }

  private static final class Heard implements SocketListener {
    private int faults;
    private int closed;

    @Override
    public void upgraded(SocketChannel socket) {}

    @Override
    public void text(SocketChannel socket, String message) {
      assertThat(faults + closed).isZero();
      assertThat(message.getBytes(UTF_8).length).isLessThanOrEqualTo(MAX_MESSAGE);
    }

    @Override
    public void pong(SocketChannel socket, long ping) {
      assertThat(faults + closed).isZero();
    }

    @Override
    public void read(SocketChannel socket, int bytes) {
      assertThat(bytes).isBetween(0, MAX_MESSAGE);
    }

    @Override
    public void writable(SocketChannel socket) {}

    @Override
    public void failed(SocketChannel socket, ProtocolFault fault) {
      faults++;
    }

    @Override
    public void closed(SocketChannel socket) {
      closed++;
    }
  }

  private static void checkUtf8(byte[] input) {
    Utf8Check check = new Utf8Check();
    boolean valid = true;
    for (byte b : input) {
      valid = valid && check.process(b);
    }
    boolean expected = true;
    try {
      String unused = UTF_8.newDecoder().decode(ByteBuffer.wrap(input)).toString();
    } catch (CharacterCodingException malformed) {
      expected = false;
    }
    assertThat(valid && check.isComplete()).isEqualTo(expected);
  }

  private static void checkCompression(byte[] input) {
    Compression compression = new Compression(0);
    byte[] deflated = compression.deflate(input);
    if (deflated != null) {
      Compression.Inflated again =
          compression.inflate(Unpooled.wrappedBuffer(deflated), input.length);
      assertThat(again)
          .isInstanceOfSatisfying(
              Compression.Inflated.Whole.class,
              whole -> assertThat(whole.bytes()).isEqualTo(input));
    }
  }
}
