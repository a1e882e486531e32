package dev.switchboard.bench.reference;

import dev.switchboard.bench.wire.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Fan-out and nothing else: no token check, no log, no filter, no queue, no order across loops.
 *
 * <pre>
 * POST -> envelope -> PUBLISH -> Redis -> one subscriber -> one frame -> each loop -> each socket
 * </pre>
 */
@Command(
    name = "reference-server",
    mixinStandardHelpOptions = true,
    description = "The bare-Netty server that results are compared with.")
public final class ReferenceServer implements Callable<Integer> {
  private static final int BACKLOG = 4096;
  private static final WriteBufferWaterMark QUEUE_BOUND =
      new WriteBufferWaterMark(1 << 20, 2 << 20);

  @Option(names = "--port", required = true, description = "where it listens on 127.0.0.1")
  private int port;

  @Option(names = "--redis-port", required = true, description = "Redis on 127.0.0.1")
  private int redisPort;

  @Option(names = "--loops", defaultValue = "2", description = "default: ${DEFAULT-VALUE}")
  private int loopCount;

  @Override
  public Integer call() {
    Transport transport = Transport.best();
    InetSocketAddress redis = new InetSocketAddress(InetAddress.getLoopbackAddress(), redisPort);
    EventLoopGroup loops = transport.loops(loopCount, "reference");
    Map<EventExecutor, LoopState> states = new HashMap<>();
    for (EventExecutor loop : loops) {
      states.put(
          loop,
          new LoopState(
              new LoopSockets(), RedisPublisher.connect(transport, (EventLoop) loop, redis)));
    }
    EventSubscriber.connect(transport, loops.next(), redis, new FanOutToLoops(states));
    new ServerBootstrap()
        .group(loops)
        .channel(transport.serverChannel())
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, QUEUE_BOUND)
        .childHandler(new ConnectionInitializer(states))
        .bind("127.0.0.1", port)
        .syncUninterruptibly()
        .channel()
        .closeFuture()
        .syncUninterruptibly();
    return 0;
  }

  private static final class ConnectionInitializer extends ChannelInitializer<SocketChannel> {
    private final Map<EventExecutor, LoopState> states;

    ConnectionInitializer(Map<EventExecutor, LoopState> states) {
      this.states = states;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      LoopState state = states.get(channel.eventLoop());
      if (state == null) {
        throw new IllegalStateException("channel on a loop that is not ours");
      }
      channel.pipeline().addLast(new Connection(state));
    }
  }
}
