package dev.switchboard;

import dev.switchboard.redis.NodeCounts;
import dev.switchboard.sessions.SessionCount;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the other nodes every few seconds how many sessions this one has. */
final class CountLoop {
  private static final Logger log = LoggerFactory.getLogger(CountLoop.class);
  private static final long PERIOD_MILLIS = 2_000;

  private final Vertx vertx;
  private final Clock clock;
  private final String node;
  private final SessionCount count;
  private final NodeCounts counts;
  private volatile boolean stopped;

  CountLoop(Vertx vertx, Clock clock, String node, SessionCount count, NodeCounts counts) {
    this.vertx = vertx;
    this.clock = clock;
    this.node = node;
    this.count = count;
    this.counts = counts;
  }

  void start() {
    tell();
  }

  private void tell() {
    counts
        .tell(node, count.byTenant(), count.now(), clock.millis())
        .onFailure(failure -> log.debug("The count of sessions can't be told now"))
        .onComplete(told -> again());
  }

  private void again() {
    if (!stopped) {
      long unused =
          vertx.setTimer(
              PERIOD_MILLIS,
              fired -> {
                if (!stopped) {
                  tell();
                }
              });
    }
  }

  Future<Void> stop() {
    stopped = true;
    return counts.forget(node);
  }
}
