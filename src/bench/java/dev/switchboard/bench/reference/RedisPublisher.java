package dev.switchboard.bench.reference;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.switchboard.bench.wire.ByteHandler;
import dev.switchboard.bench.wire.Outbound;
import dev.switchboard.bench.wire.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** One loop's connection for PUBLISH; commands of one turn of the loop go out in one write. */
final class RedisPublisher extends ByteHandler {
  private static final byte[] PUBLISH = "*3\r\n$7\r\nPUBLISH\r\n".getBytes(US_ASCII);

  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private @Nullable Channel channel;
  private boolean flushDue;

  private RedisPublisher() {}

  static RedisPublisher connect(Transport transport, EventLoop loop, InetSocketAddress redis) {
    RedisPublisher publisher = new RedisPublisher();
    new Bootstrap()
        .group(loop)
        .channel(transport.clientChannel())
        .option(ChannelOption.TCP_NODELAY, true)
        .handler(publisher)
        .connect(redis)
        .syncUninterruptibly();
    return publisher;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    channel = ctx.channel();
  }

  /** Publishes the envelope on its tenant's channel, then runs {@code whenDone} on this loop. */
  void publish(Envelope envelope, Runnable whenDone) {
    if (channel == null) {
      throw new IllegalStateException("not connected yet");
    }
    waiting.add(whenDone);
    Outbound.queue(channel, command(channel, envelope));
    if (!flushDue) {
      flushDue = true;
      channel.eventLoop().execute(this::flush);
    }
  }

  private static ByteBuf command(Channel channel, Envelope envelope) {
    ByteBuf command = channel.alloc().directBuffer(envelope.bytes().length + 96);
    command.writeBytes(PUBLISH);
    writeBulk(command, Channels.of(envelope.tenant()));
    writeBulk(command, envelope.bytes());
    return command;
  }

  private static void writeBulk(ByteBuf command, byte[] bytes) {
    command.writeBytes(("$" + bytes.length + "\r\n").getBytes(US_ASCII));
    command.writeBytes(bytes).writeByte('\r').writeByte('\n');
  }

  private void flush() {
    flushDue = false;
    if (channel != null) {
      channel.flush();
    }
  }

  /** Each answer is one line, {@code :<receivers>}, in the order of the commands. */
  @Override
  protected int consume(ChannelHandlerContext ctx, byte[] bytes, int size) {
    int done = 0;
    for (int i = 0; i < size; i++) {
      if (bytes[i] != '\n') {
        continue;
      }
      if (bytes[done] != ':') {
        throw new IllegalStateException(
            "Redis says " + new String(bytes, done, i - done, US_ASCII));
      }
      waiting.remove().run();
      done = i + 1;
    }
    return done;
  }
}
