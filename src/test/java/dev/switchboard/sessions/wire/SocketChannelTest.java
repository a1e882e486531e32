package dev.switchboard.sessions.wire;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a socket does on its channel, where no peer is needed to see it. */
class SocketChannelTest {
  private final EmbeddedChannel channel =
      new EmbeddedChannel(new SocketChannel(new Deaf(), 1_024, null));

  @AfterEach
  void close() {
    boolean unused = channel.finishAndReleaseAll();
  }

  @Test
  void peerThatPingsButDoesNotReadIsNotReadUntilItDoes() {
    reads(false);
    ping();
    assertThat(channel.config().isAutoRead()).isFalse();

    reads(true);

    assertThat(channel.config().isAutoRead()).isTrue();
    ping();
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  private void ping() {
    boolean unused = channel.writeInbound(new PingWebSocketFrame(Unpooled.buffer()));
    ByteBuf pong = requireNonNull(channel.readOutbound());
    assertThat(pong.readUnsignedByte()).isEqualTo((short) 0x8a);
    boolean released = pong.release();
    assertThat(released).isTrue();
  }

  private void reads(boolean on) {
    requireNonNull(channel.unsafe().outboundBuffer()).setUserDefinedWritability(1, on);
    channel.runPendingTasks();
  }

  private static final class Deaf implements SocketListener {
    @Override
    public void upgraded(SocketChannel socket) {}

    @Override
    public void text(SocketChannel socket, String message) {}

    @Override
    public void pong(SocketChannel socket, long ping) {}

    @Override
    public void read(SocketChannel socket) {}

    @Override
    public void writable(SocketChannel socket) {}

    @Override
    public void closed(SocketChannel socket) {}
  }
}
