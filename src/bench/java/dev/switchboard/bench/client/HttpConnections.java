package dev.switchboard.bench.client;

import dev.switchboard.bench.wire.Endpoint;
import dev.switchboard.bench.wire.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A fixed number of HTTP connections to one node, all on one event loop of their own. */
public final class HttpConnections implements AutoCloseable {
  private final EventLoopGroup loop;
  private final List<HttpConnection> connections = new ArrayList<>();
  private int turn;

  public HttpConnections(Endpoint endpoint, int count, HttpConnection.Answers answers) {
    Transport transport = Transport.best();
    loop = transport.loops(1, "bench-http");
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(transport.clientChannel())
            .option(ChannelOption.TCP_NODELAY, true);
    for (int i = 0; i < count; i++) {
      connections.add(connect(bootstrap, endpoint, answers));
    }
  }

  private static HttpConnection connect(
      Bootstrap bootstrap, Endpoint endpoint, HttpConnection.Answers answers) {
    HttpConnection connection = new HttpConnection(answers);
    ChannelInitializer<SocketChannel> initializer =
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(SocketChannel channel) {
            channel.pipeline().addLast(connection);
          }
        };
    bootstrap.clone().handler(initializer).connect(endpoint.address()).syncUninterruptibly();
    return connection;
  }

  /** Runs an action with the next connection in turn, on its loop. */
  public void onNext(Consumer<HttpConnection> action) {
    HttpConnection connection = connections.get(turn++ % connections.size());
    connection.execute(() -> action.accept(connection));
  }

  /** Runs an action with every connection, on its loop. */
  public void onEach(Consumer<HttpConnection> action) {
    connections.forEach(connection -> connection.execute(() -> action.accept(connection)));
  }

  /** Runs a task on the loop of all connections and waits for it. */
  public void onLoop(Runnable task) {
    loop.submit(task).syncUninterruptibly();
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
