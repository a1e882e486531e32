package dev.switchboard.bench.workload;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.switchboard.bench.client.Latency;
import dev.switchboard.bench.wire.ByteHandler;
import dev.switchboard.bench.wire.Bytes;
import dev.switchboard.bench.wire.HttpHead;
import dev.switchboard.bench.wire.MessageProbe;
import dev.switchboard.bench.wire.Outbound;
import dev.switchboard.bench.wire.RunClock;
import dev.switchboard.bench.wire.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * An HTTP receiver for many webhooks, distinguished by the number at the end of their path: answers
 * every call with 200 and notes which event it was. Calls to {@link #HANGING} get no answer.
 */
final class WebhookSink implements AutoCloseable {
  /** Number of the webhook that is never answered. */
  static final int HANGING = 999_999;

  private static final byte[] OK =
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII);
  private static final int PATH = "POST /".length();

  private final EventLoopGroup loop;
  private final Channel listening;
  private final MessageProbe probe = MessageProbe.ofWebhookCalls();
  private final Histogram latency = Latency.newHistogram();
  private final Map<Integer, BitSet> seen = new HashMap<>();
  private final AtomicLong attempts = new AtomicLong();
  private long repeated;

  WebhookSink() {
    Transport transport = Transport.best();
    loop = transport.loops(1, "bench-webhook-sink");
    listening =
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
            .bind("127.0.0.1", 0)
            .syncUninterruptibly()
            .channel();
  }

  /** Where the webhook of that number is called. */
  String url(int webhook) {
    return "http://127.0.0.1:"
        + ((InetSocketAddress) listening.localAddress()).getPort()
        + "/"
        + webhook;
  }

  /** Calls answered since the last reset; may be read by any thread. */
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

  /** Returns how many of {@code published} events were never received. */
  long lost(long published) {
    long[] count = {published};
    onLoop(() -> seen.values().forEach(numbers -> count[0] -= numbers.cardinality()));
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

  private void received(int webhook, byte[] bytes, int from, int to) {
    if (!probe.read(bytes, from, to)) {
      return;
    }
    Latency.record(latency, RunClock.nanos() - probe.due());
    int number = (int) probe.number();
    BitSet numbers = seen.computeIfAbsent(webhook, unknown -> new BitSet());
    if (numbers.get(number)) {
      repeated++;
    }
    numbers.set(number);
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
        int path = at + PATH;
        int webhook = (int) Bytes.number(bytes, path, Bytes.endOfDigits(bytes, path, headEnd));
        if (webhook != HANGING) {
          received(webhook, bytes, headEnd, end);
          Outbound.queue(ctx.channel(), ctx.alloc().directBuffer(OK.length).writeBytes(OK));
        }
        at = end;
      }
      ctx.flush();
      return at;
    }
  }
}
