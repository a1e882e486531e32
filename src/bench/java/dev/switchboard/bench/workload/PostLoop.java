package dev.switchboard.bench.workload;

import dev.switchboard.bench.client.HttpConnection;
import dev.switchboard.bench.client.Latency;
import dev.switchboard.bench.wire.PublishRequest;
import dev.switchboard.bench.wire.RunClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Sends the next request as soon as the last one is answered; lives on the connections' loop. */
final class PostLoop implements HttpConnection.Answers {
  private static final int ACCEPTED = 202;

  private final PublishRequest request;
  private final List<String> tenants;
  private final int perPost;
  private final Histogram latency = Latency.newHistogram();
  private final Map<String, Integer> refusals = new TreeMap<>();
  private boolean stopped;
  private long number;
  private long turn;
  private long accepted;
  private long refused;

  /**
   * @param perPost events in each request; more than one are sent as an array
   */
  PostLoop(PublishRequest request, List<String> tenants, int perPost) {
    this.request = request;
    this.tenants = tenants;
    this.perPost = perPost;
  }

  void post(HttpConnection connection) {
    String tenant = tenants.get((int) (turn++ % tenants.size()));
    connection.send(next(tenant));
    number += perPost;
  }

  private ByteBuf next(String tenant) {
    return perPost == 1
        ? request.of(ByteBufAllocator.DEFAULT, tenant, number, RunClock.nanos())
        : request.ofMany(ByteBufAllocator.DEFAULT, tenant, number, perPost);
  }

  /** Forgets what was counted so far. */
  void reset() {
    latency.reset();
    refusals.clear();
    accepted = 0;
    refused = 0;
  }

  void stop() {
    stopped = true;
  }

  /** Requests accepted since the last reset. */
  long accepted() {
    return accepted;
  }

  /** Requests not accepted since the last reset. */
  long refused() {
    return refused;
  }

  /** Milliseconds from a request to its answer. */
  Histogram latency() {
    return latency;
  }

  /**
   * Reports why requests were refused.
   *
   * @return the exit code of the workload: 1 if no request was accepted
   */
  int exitCode() {
    if (refused > 0) {
      System.out.printf("  %,d requests were not accepted: %s%n", refused, refusals);
    }
    if (accepted > 0) {
      return 0;
    }
    System.err.printf(
        "no request was accepted while measuring; %s%n",
        refusals.isEmpty() ? "none was answered either" : "the node answered " + refusals);
    return 1;
  }

  @Override
  public void answered(HttpConnection connection, int status, long sentNanos) {
    if (stopped) {
      return;
    }
    Latency.record(latency, RunClock.nanos() - sentNanos);
    if (status == ACCEPTED) {
      accepted++;
    } else {
      refuse("HTTP " + status, 1);
    }
    post(connection);
  }

  @Override
  public void broken(String reason, int unanswered) {
    if (!stopped) {
      refuse(reason, unanswered);
    }
  }

  private void refuse(String reason, int count) {
    refused += count;
    refusals.merge(reason, count, Integer::sum);
  }
}
