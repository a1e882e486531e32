package dev.switchboard.bench.client;

import dev.switchboard.bench.wire.Endpoint;
import dev.switchboard.bench.wire.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Many WebSocket sessions to one node, on few event loops; driven by one thread. */
public final class Sessions implements Session.Opening, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int READ_BYTES = 4096;

  private final Endpoint endpoint;
  private final InetSocketAddress target;
  private final EventLoopGroup loops;
  private final Bootstrap bootstrap;
  private final int inFlight;
  private final Semaphore mayOpen;
  private final Map<EventExecutor, LoopRecorder> recorders = new HashMap<>();
  private final Queue<Session> ready = new ConcurrentLinkedQueue<>();
  private final List<ChannelFuture> closings = new ArrayList<>();
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicInteger drops = new AtomicInteger();
  private final AtomicReference<@Nullable String> firstFailure = new AtomicReference<>();

  /**
   * @param inFlight maximum handshakes in flight
   */
  public Sessions(Endpoint endpoint, int loopCount, int inFlight) {
    Transport transport = Transport.best();
    this.endpoint = endpoint;
    this.target = endpoint.address();
    this.inFlight = inFlight;
    this.mayOpen = new Semaphore(inFlight);
    this.loops = transport.loops(loopCount, "bench-sessions");
    loops.forEach(loop -> recorders.put(loop, new LoopRecorder()));
    this.bootstrap =
        transport
            .bindAddressNoPort(new Bootstrap())
            .group(loops)
            .channel(transport.clientChannel())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES));
  }

  /** Opens {@code count} more sessions and waits until all of them are ready. */
  public void open(int count, IntFunction<Login> logins) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      acquire(1, count);
      connect(i, logins.apply(i));
    }
    acquire(inFlight, count);
    mayOpen.release(inFlight);
    failOnTrouble();
  }

  private void acquire(int permits, int count) throws InterruptedException {
    if (!mayOpen.tryAcquire(permits, PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          "only %d of %d sessions are ready and none moved for %d s; first failure: %s"
              .formatted(ready.size(), count, PATIENCE.toSeconds(), firstFailure.get()));
    }
    failOnTrouble();
  }

  private void connect(int index, Login login) {
    ChannelInitializer<SocketChannel> initializer =
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(SocketChannel channel) {
            LoopRecorder recorder = recorders.get(channel.eventLoop());
            if (recorder == null) {
              throw new IllegalStateException("channel on a loop that is not ours");
            }
            channel.pipeline().addLast(new Session(endpoint, login, recorder, Sessions.this));
          }
        };
    closings.add(
        bootstrap
            .clone()
            .handler(initializer)
            .connect(target, SourceAddresses.forConnection(index, target))
            .addListener(
                done -> {
                  if (!done.isSuccess()) {
                    failed(String.valueOf(done.cause()));
                  }
                })
            .channel()
            .closeFuture());
  }

  @Override
  public void ready(Session session) {
    ready.add(session);
    mayOpen.release();
  }

  @Override
  public void failed(String reason) {
    firstFailure.compareAndSet(null, reason);
    failures.incrementAndGet();
    mayOpen.release();
  }

  @Override
  public void dropped(String reason) {
    firstFailure.compareAndSet(null, reason);
    drops.incrementAndGet();
  }

  /** Throws when a session could not be opened or was closed by the server. */
  public void failOnTrouble() {
    if (failures.get() + drops.get() > 0) {
      throw new IllegalStateException(
          "%d sessions failed to open, %d were dropped; the first: %s"
              .formatted(failures.get(), drops.get(), firstFailure.get()));
    }
  }

  /** Deliveries since the last {@link #reset}. */
  public long received() {
    return recorders.values().stream().mapToLong(LoopRecorder::received).sum();
  }

  /** Begins the measured part: forgets what was received, but not what went wrong. */
  public void reset() {
    recorders.forEach((loop, recorder) -> onLoop(loop, recorder::reset));
  }

  /**
   * What was received since the last reset.
   *
   * @param published how many numbers each tenant's sessions should have seen since they opened
   */
  public Deliveries deliveries(long[] published) {
    Deliveries[] sum = {Deliveries.none()};
    recorders.forEach(
        (loop, recorder) -> onLoop(loop, () -> sum[0] = sum[0].plus(recorder.deliveries())));
    long lost = ready.stream().mapToLong(s -> s.sequence().lost(published[s.tenant()])).sum();
    return sum[0].withLost(lost);
  }

  /** Closes every session and waits for it, so that others can be opened. */
  public void closeAll() {
    recorders.forEach((loop, recorder) -> onLoop(loop, () -> {}));
    ready.forEach(Session::requestClose);
    if (!closings.stream().allMatch(closing -> closing.awaitUninterruptibly(PATIENCE.toMillis()))) {
      throw new IllegalStateException("a session did not close");
    }
    ready.clear();
    closings.clear();
  }

  @Override
  public void close() {
    closeAll();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private static void onLoop(EventExecutor loop, Runnable task) {
    loop.submit(task).syncUninterruptibly();
  }
}
