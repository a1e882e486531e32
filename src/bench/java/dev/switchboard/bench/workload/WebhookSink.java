package dev.switchboard.bench.workload;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.switchboard.bench.client.Latency;
import dev.switchboard.bench.wire.ByteHandler;
import dev.switchboard.bench.wire.HttpHead;
import dev.switchboard.bench.wire.MessageProbe;
import dev.switchboard.bench.wire.Outbound;
import dev.switchboard.bench.wire.RunClock;
import dev.switchboard.bench.wire.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/** An HTTP receiver that answers every webhook call with 200 and notes which event it was. */
final class WebhookSink implements AutoCloseable {
  private static final byte[] OK =
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII);

  private final EventLoopGroup loop;
  private final MessageProbe probe = MessageProbe.ofWebhookCalls();
  private final Histogram latency = Latency.newHistogram();
  private final BitSet seen = new BitSet();
  private final AtomicLong attempts = new AtomicLong();
  private long repeated;

  WebhookSink(int port) {
    Transport transport = Transport.best();
    loop = transport.loops(1, "bench-webhook-sink");
    new ServerBootstrap()
        .group(loop)
        .channel(transport.serverChannel())
        .childHandler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                channel.pipeline().addLast(new Caller());
              }
            })
        .bind("127.0.0.1", port)
        .syncUninterruptibly();
  }

  /** Calls received since the last reset; may be read by any thread. */
  long attempts() {
    return attempts.get();
  }

  /** From the time an event was due to be published to the read of its call. */
  Histogram latency() {
    Histogram[] copy = {latency};
    onLoop(() -> copy[0] = latency.copy());
    return copy[0];
  }

  long repeated() {
    long[] count = new long[1];
    onLoop(() -> count[0] = repeated);
    return count[0];
  }

  /** How many of the events {@code [0, published)} never came. */
  long lost(long published) {
    long[] count = new long[1];
    onLoop(() -> count[0] = published - seen.cardinality());
    return count[0];
  }

  /** Begins a measured part: forgets latencies and attempts, not which events were seen. */
  void reset() {
    onLoop(
        () -> {
          latency.reset();
          attempts.set(0);
        });
  }

  private void onLoop(Runnable task) {
    loop.submit(task).syncUninterruptibly();
  }

  private void received(byte[] bytes, int from, int to) {
    if (!probe.read(bytes, from, to)) {
      return;
    }
    Latency.record(latency, RunClock.nanos() - probe.due());
    int number = (int) probe.number();
    if (seen.get(number)) {
      repeated++;
    }
    seen.set(number);
    attempts.incrementAndGet();
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** One connection of the dispatcher under load. */
  private final class Caller extends ByteHandler {
    @Override
    protected int consume(ChannelHandlerContext ctx, byte[] bytes, int size) {
      int at = 0;
      while (at < size) {
        int headEnd = HttpHead.end(bytes, at, size);
        if (headEnd < 0) {
          break;
        }
        int end = headEnd + HttpHead.contentLength(bytes, at, headEnd);
        if (end > size) {
          break;
        }
        received(bytes, headEnd, end);
        Outbound.queue(ctx.channel(), ctx.alloc().directBuffer(OK.length).writeBytes(OK));
        at = end;
      }
      ctx.flush();
      return at;
    }
  }
}
