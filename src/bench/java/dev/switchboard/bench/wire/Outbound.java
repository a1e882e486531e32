package dev.switchboard.bench.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;

/** Writes whose failure shows as the end of their connection and needs no future of its own. */
public final class Outbound {
  private Outbound() {}

  public static void send(Channel channel, ByteBuf bytes) {
    ChannelFuture unused = channel.writeAndFlush(bytes, channel.voidPromise());
  }

  /** Leaves the flush to the caller. */
  public static void queue(Channel channel, ByteBuf bytes) {
    ChannelFuture unused = channel.write(bytes, channel.voidPromise());
  }

  public static void close(Channel channel) {
    ChannelFuture unused = channel.close();
  }
}
