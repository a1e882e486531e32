package dev.switchboard.bench.workload;

import dev.switchboard.bench.client.HttpConnections;
import dev.switchboard.bench.measure.Usage;
import dev.switchboard.bench.wire.RunClock;
import java.util.concurrent.TimeUnit;

/**
 * What a time span of posting cost.
 *
 * @param accepted requests accepted in it
 * @param used CPU used in it, by party
 * @param seconds how long it was
 */
record PostWindow(long accepted, Usage used, double seconds) {

  /** Measures the requests of the next {@code length} seconds; posting continues afterwards. */
  static PostWindow measure(
      NodeOptions node, HttpConnections connections, PostLoop loop, int length)
      throws InterruptedException {
    connections.onLoop(loop::reset);
    Usage start = node.usage();
    long startNanos = RunClock.nanos();
    TimeUnit.SECONDS.sleep(length);
    long[] accepted = new long[1];
    connections.onLoop(() -> accepted[0] = loop.accepted());
    double seconds = (RunClock.nanos() - startNanos) / 1e9;
    return new PostWindow(accepted[0], node.usage().since(start), seconds);
  }

  /** Server CPU of a request in microseconds. */
  double serverCpu() {
    return used.server() / accepted;
  }

  /** Redis CPU of a request in microseconds. */
  double redisCpu() {
    return used.redis() / accepted;
  }

  double perSecond() {
    return accepted / seconds;
  }
}
