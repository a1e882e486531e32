package dev.switchboard.sessions.wire;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.ProtocolFault;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a socket does on its channel, where no peer is needed to see it. */
class SocketChannelTest {
  private final UnreadOutput unread = new UnreadOutput();
  private final SocketChannel socket = new SocketChannel(new Deaf(), 1_024, null, unread);
  private final EmbeddedChannel channel = new EmbeddedChannel(socket);

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

  /** Keeps what is written, as the queue of a client that does not read. */
  private static final class Unread extends ChannelOutboundHandlerAdapter {
    private final List<ChannelPromise> written = new ArrayList<>();

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      boolean released = ReferenceCountUtil.release(message);
      assertThat(released).isTrue();
      written.add(promise);
    }
  }

  private void pass(long seconds) {
    channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    long unused = channel.runScheduledPendingTasks();
  }

  @Test
  void closeFrameWaitsForAClientThatDoesNotRead() {
    Unread queue = new Unread();
    channel.freezeTime();
    channel.pipeline().addFirst(queue);

    socket.closeUnread(4008, "slow");
    pass(29);
    assertThat(channel.isOpen()).isTrue();
    queue.written.get(0).setSuccess();
    pass(4);
    assertThat(channel.isOpen()).isTrue();

    pass(1);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void clientThatNeverReadsIsDisconnected() {
    channel.freezeTime();
    channel.pipeline().addFirst(new Unread());

    socket.closeUnread(4008, "slow");
    pass(30);

    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void unreadOutputOfAllClosedSocketsIsBounded() {
    assertThat(unread.keep(40 << 20)).isTrue();
    assertThat(unread.keep(25 << 20)).isFalse();
    assertThat(unread.keep(24 << 20)).isTrue();
    assertThat(unread.keep(1)).isFalse();
    channel.freezeTime();
    channel.pipeline().addFirst(new Unread());

    unread.release(40 << 20);

    assertThat(unread.keep(40 << 20)).isTrue();
    socket.closeUnread(4008, "slow");
    assertThat(unread.keep(0)).isTrue();
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
    public void read(SocketChannel socket, int bytes) {}

    @Override
    public void writable(SocketChannel socket) {}

    @Override
    public void failed(SocketChannel socket, ProtocolFault fault) {}

    @Override
    public void closed(SocketChannel socket) {}
  }
}
