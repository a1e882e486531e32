package dev.switchboard.bench.client;

import dev.switchboard.bench.wire.Endpoint;
import dev.switchboard.bench.wire.PublishRequest;
import dev.switchboard.bench.wire.RunClock;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongToIntFunction;

/**
 * Publishes numbered events at an even rate, whatever the answers do; for one thread.
 *
 * <p>With one connection the server reads a tenant's events in the order of their numbers.
 */
public final class Publisher implements HttpConnection.Answers, AutoCloseable {
  private static final int ACCEPTED = 202;

  private final PublishRequest request;
  private final List<String> tenants;
  private final long[] published;
  private final HttpConnections connections;
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  public Publisher(
      Endpoint endpoint, PublishRequest request, List<String> tenants, int connectionCount) {
    this.request = request;
    this.tenants = tenants;
    this.published = new long[tenants.size()];
    this.connections = new HttpConnections(endpoint, connectionCount, this);
  }

  /**
   * Publishes {@code count} events, the i-th at its due time to the tenant {@code choice} names.
   *
   * @param perSecond 0 sends them all at once
   */
  public void publish(int count, double perSecond, LongToIntFunction choice) {
    long start = RunClock.nanos();
    double interval = perSecond == 0 ? 0 : 1e9 / perSecond;
    for (int i = 0; i < count; i++) {
      long due = start + (long) (i * interval);
      waitUntil(due);
      int tenant = choice.applyAsInt(i);
      long number = published[tenant]++;
      connections.onNext(
          connection ->
              connection.send(
                  request.of(ByteBufAllocator.DEFAULT, tenants.get(tenant), number, due)));
    }
  }

  private static void waitUntil(long due) {
    for (long now = RunClock.nanos(); now < due; now = RunClock.nanos()) {
      LockSupport.parkNanos(due - now);
    }
  }

  /** How many events each tenant was sent so far. */
  public long[] published() {
    return published.clone();
  }

  /** How many requests have got an answer, of whatever kind. */
  public long answered() {
    return accepted.get() + refused.get();
  }

  public long refused() {
    return refused.get();
  }

  @Override
  public void answered(HttpConnection connection, int status, long sentNanos) {
    (status == ACCEPTED ? accepted : refused).incrementAndGet();
  }

  @Override
  public void broken(String reason, int unanswered) {
    refused.addAndGet(unanswered);
  }

  @Override
  public void close() {
    connections.close();
  }
}
