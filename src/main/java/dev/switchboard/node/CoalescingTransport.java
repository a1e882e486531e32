package dev.switchboard.node;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.spi.transport.Transport;
import java.util.concurrent.ThreadFactory;

/**
 * A transport whose client connections write at the end of a turn of their event loop what was sent
 * during it. Commands to Redis and statements to Postgres that different requests cause within one
 * turn then cost one system call, and the server reads them together.
 */
final class CoalescingTransport implements io.vertx.core.transport.Transport, Transport {
  /** A connection with this many writes in one turn writes at once, so that the peer can start. */
  private static final int MAX_WRITES_PER_TURN = 256;

  private final io.vertx.core.transport.Transport base;
  private final Transport implementation;

  private CoalescingTransport(io.vertx.core.transport.Transport base) {
    this.base = base;
    this.implementation = base.implementation();
  }

  /** Uses the native transport of the platform, or NIO if it has none. */
  static CoalescingTransport ofPlatform() {
    io.vertx.core.transport.Transport nativeOne =
        io.vertx.core.transport.Transport.nativeTransport();
    return new CoalescingTransport(
        nativeOne != null && nativeOne.available()
            ? nativeOne
            : io.vertx.core.transport.Transport.NIO);
  }

  @Override
  public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
    ChannelFactory<? extends Channel> factory = implementation.channelFactory(domainSocket);
    return () -> {
      Channel channel = factory.newChannel();
      channel.pipeline().addLast(new FlushConsolidationHandler(MAX_WRITES_PER_TURN, true));
      return channel;
    };
  }

  @Override
  public String name() {
    return base.name();
  }

  @Override
  public boolean available() {
    return base.available();
  }

  @Override
  public Throwable unavailabilityCause() {
    return base.unavailabilityCause();
  }

  @Override
  public Transport implementation() {
    return this;
  }

  @Override
  public boolean supportsDomainSockets() {
    return implementation.supportsDomainSockets();
  }

  @Override
  public boolean supportFileRegion() {
    return implementation.supportFileRegion();
  }

  @Override
  public boolean isAvailable() {
    return implementation.isAvailable();
  }

  @Override
  public java.net.SocketAddress convert(SocketAddress address) {
    return implementation.convert(address);
  }

  @Override
  public SocketAddress convert(java.net.SocketAddress address) {
    return implementation.convert(address);
  }

  @Override
  public IoHandlerFactory ioHandlerFactory() {
    return implementation.ioHandlerFactory();
  }

  @Override
  public EventLoopGroup eventLoopGroup(int type, int threads, ThreadFactory factory, int ioRatio) {
    return implementation.eventLoopGroup(type, threads, factory, ioRatio);
  }

  @Override
  public DatagramChannel datagramChannel() {
    return implementation.datagramChannel();
  }

  @Override
  @SuppressWarnings("deprecation") // The interface asks for it.
  public DatagramChannel datagramChannel(io.netty.channel.socket.InternetProtocolFamily family) {
    return implementation.datagramChannel(family);
  }

  @Override
  public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
    return implementation.serverChannelFactory(domainSocket);
  }

  @Override
  public void configure(DatagramChannel channel, DatagramSocketOptions options) {
    implementation.configure(channel, options);
  }

  @Override
  public void configure(
      ClientOptionsBase options, int connectTimeout, boolean domainSocket, Bootstrap bootstrap) {
    implementation.configure(options, connectTimeout, domainSocket, bootstrap);
  }

  @Override
  public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
    implementation.configure(options, domainSocket, bootstrap);
  }
}
