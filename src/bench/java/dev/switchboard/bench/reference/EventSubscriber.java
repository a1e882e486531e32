package dev.switchboard.bench.reference;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.switchboard.bench.wire.ByteHandler;
import dev.switchboard.bench.wire.Bytes;
import dev.switchboard.bench.wire.Outbound;
import dev.switchboard.bench.wire.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;

/** The one Redis subscription: reads {@code pmessage} replies by position. */
final class EventSubscriber extends ByteHandler {
  private static final byte[] MESSAGE =
      ("*4\r\n$8\r\npmessage\r\n$" + Channels.PATTERN.length() + "\r\n" + Channels.PATTERN + "\r\n")
          .getBytes(US_ASCII);
  private static final byte[] CONFIRMATION = "*3\r\n$10\r\npsubscribe\r\n".getBytes(US_ASCII);
  private static final String PSUBSCRIBE =
      "*2\r\n$10\r\nPSUBSCRIBE\r\n$"
          + Channels.PATTERN.length()
          + "\r\n"
          + Channels.PATTERN
          + "\r\n";

  /** Takes an event's tenant and its bytes in {@code [from, to)}. */
  interface Listener {
    void event(ChannelHandlerContext ctx, String tenant, byte[] bytes, int from, int to);
  }

  private final Listener listener;

  private EventSubscriber(Listener listener) {
    this.listener = listener;
  }

  static void connect(
      Transport transport, EventLoop loop, InetSocketAddress redis, Listener listener) {
    new Bootstrap()
        .group(loop)
        .channel(transport.clientChannel())
        .handler(new EventSubscriber(listener))
        .connect(redis)
        .syncUninterruptibly();
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ByteBuf command = ctx.alloc().directBuffer(64).writeBytes(PSUBSCRIBE.getBytes(US_ASCII));
    Outbound.send(ctx.channel(), command);
  }

  @Override
  protected int consume(ChannelHandlerContext ctx, byte[] bytes, int size) {
    int at = 0;
    while (at < size) {
      int next = message(ctx, bytes, at, size);
      if (next < 0) {
        return at;
      }
      at = next;
    }
    return at;
  }

  /** Hands on one message; returns where the next begins, or -1 while it is incomplete. */
  private int message(ChannelHandlerContext ctx, byte[] bytes, int at, int size) {
    if (Bytes.startsWith(bytes, at, size, CONFIRMATION)) {
      return size;
    }
    if (size - at < MESSAGE.length) {
      return -1;
    }
    if (!Bytes.startsWith(bytes, at, size, MESSAGE)) {
      throw new IllegalStateException("unexpected reply " + new String(bytes, at, 40, US_ASCII));
    }
    int channelFrom = bulkFrom(bytes, at + MESSAGE.length, size);
    int channelTo = bulkTo(bytes, at + MESSAGE.length, channelFrom);
    int eventFrom = channelFrom < 0 ? -1 : bulkFrom(bytes, channelTo + 2, size);
    int eventTo = eventFrom < 0 ? size : bulkTo(bytes, channelTo + 2, eventFrom);
    if (eventFrom < 0 || eventTo + 2 > size) {
      return -1;
    }
    String tenant = Channels.tenant(bytes, channelFrom, channelTo);
    listener.event(ctx, tenant, bytes, eventFrom, eventTo);
    return eventTo + 2;
  }

  /** Start of the content of the bulk string at {@code at}; -1 while its length is incomplete. */
  private static int bulkFrom(byte[] bytes, int at, int size) {
    if (at >= size) {
      return -1;
    }
    int digitsTo = Bytes.endOfDigits(bytes, at + 1, size);
    return digitsTo + 2 > size ? -1 : digitsTo + 2;
  }

  private static int bulkTo(byte[] bytes, int at, int contentFrom) {
    return contentFrom < 0 ? -1 : contentFrom + (int) Bytes.number(bytes, at + 1, contentFrom - 2);
  }
}
