package dev.switchboard.bench.workload;

import dev.switchboard.bench.client.HttpConnection;
import dev.switchboard.bench.client.HttpConnections;
import dev.switchboard.bench.wire.Endpoint;
import dev.switchboard.bench.wire.PublishRequest;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Publishes as fast as events are delivered: connections post one array after another while no more
 * than a window of events is in flight. Its fields live on the connections' loop.
 */
final class WindowedLoad implements HttpConnection.Answers, AutoCloseable {
  private static final int ACCEPTED = 202;
  private static final long LOOK_AGAIN_MICROS = 500;
  private static final long REFUSED_REST_MICROS = 50_000;

  private final PublishRequest request;
  private final List<String> tenants;
  private final int perPost;
  private final int window;
  private final LongSupplier delivered;
  private final HttpConnections connections;
  private final long[] numbers;
  private boolean stopped = true;
  private long published;
  private long base;
  private long refused;
  private int turn;

  /**
   * @param perPost events in one array
   * @param window events that may be published and not yet delivered
   * @param delivered events delivered in all
   */
  WindowedLoad(
      Endpoint endpoint,
      PublishRequest request,
      List<String> tenants,
      int perPost,
      int window,
      LongSupplier delivered) {
    this.request = request;
    this.tenants = tenants;
    this.perPost = perPost;
    this.window = window;
    this.delivered = delivered;
    this.numbers = new long[tenants.size()];
    this.connections = new HttpConnections(endpoint, Math.max(2, window / perPost / 4), this);
  }

  /** Publishes for so long; answers how many events that was. */
  long run(long seconds) throws InterruptedException {
    connections.onLoop(
        () -> {
          stopped = false;
          published = 0;
          base = delivered.getAsLong();
        });
    connections.onEach(this::post);
    TimeUnit.SECONDS.sleep(seconds);
    long[] count = new long[1];
    connections.onLoop(
        () -> {
          stopped = true;
          count[0] = published;
        });
    return count[0];
  }

  /** Events numbered so far, by tenant. */
  long[] numbers() {
    long[][] copy = new long[1][];
    connections.onLoop(() -> copy[0] = numbers.clone());
    return copy[0];
  }

  long refused() {
    long[] count = new long[1];
    connections.onLoop(() -> count[0] = refused);
    return count[0];
  }

  private void post(HttpConnection connection) {
    if (stopped) {
      return;
    }
    if (published - (delivered.getAsLong() - base) + perPost > window) {
      connection.later(LOOK_AGAIN_MICROS, () -> post(connection));
      return;
    }
    int tenant = turn++ % tenants.size();
    connection.send(
        request.ofMany(ByteBufAllocator.DEFAULT, tenants.get(tenant), numbers[tenant], perPost));
    numbers[tenant] += perPost;
    published += perPost;
  }

  @Override
  public void answered(HttpConnection connection, int status, long sentNanos) {
    if (status == ACCEPTED) {
      post(connection);
      return;
    }
    refused += perPost;
    published -= perPost;
    connection.later(REFUSED_REST_MICROS, () -> post(connection));
  }

  @Override
  public void broken(String reason, int unanswered) {
    refused += (long) unanswered * perPost;
  }

  @Override
  public void close() {
    connections.close();
  }
}
