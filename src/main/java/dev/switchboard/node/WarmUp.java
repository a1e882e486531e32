package dev.switchboard.node;

import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.node.warmup.LoadCounts;
import dev.switchboard.redis.connection.RedisClients;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exercises the code that events and sockets run through, so that it is compiled when the node
 * takes traffic.
 *
 * <p>A {@link WarmUpNode}, a second set of this node's parts with a tenant, a key prefix, metrics
 * and a loopback port of its own, is put under load for at most {@code node.warmup}. Nothing of it
 * remains: clients, metrics and other nodes never see it, and its keys in Redis are deleted at the
 * end. Postgres is not used.
 */
final class WarmUp {
  private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

  /** How much longer than {@code node.warmup} the node waits for the end of the load. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final Vertx vertx;
  private final Duration limit;
  private final @Nullable WarmUpNode node;
  private Future<Void> ended = Future.succeededFuture();
  private boolean begun;

  /**
   * For a node with that configuration. Called outside of event loops, because it makes others.
   *
   * @param vertx the node's own, for the time limit
   */
  WarmUp(Vertx vertx, SwitchboardConfig config, Clock clock) {
    this.vertx = vertx;
    this.limit = config.node().warmup();
    this.node = limit.isZero() ? null : new WarmUpNode(config, clock);
  }

  /** Uses the password of an embedded Redis that the node itself uses. */
  void signInAs(RedisClients real) {
    if (node != null) {
      node.signInAs(real);
    }
  }

  /**
   * Runs the warm-up; Redis must be reachable. Ends after {@code node.warmup} and two seconds at
   * the latest, also if Redis does not answer, and never fails: a node that could not be warmed up
   * is only slower at first.
   */
  synchronized Future<Void> run() {
    if (node == null || begun) {
      return Future.succeededFuture();
    }
    begun = true;
    long started = System.nanoTime();
    WarmUpNode running = node;
    ended = running.run(limit);
    Future<Void> done =
        ended.onSuccess(over -> logEnd(running.counts(), started)).otherwise(WarmUp::logFailure);
    Future<Void> late = vertx.timer(limit.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS).mapEmpty();
    return Future.any(done, late).mapEmpty();
  }

  private static void logEnd(LoadCounts counts, long startedNanos) {
    log.atInfo()
        .addKeyValue("millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos))
        .addKeyValue("requests", counts.accepted())
        .addKeyValue("sockets", counts.sockets())
        .log("Warmed up");
  }

  private static @Nullable Void logFailure(Throwable failure) {
    log.atWarn()
        .addKeyValue("reason", String.valueOf(failure.getMessage()))
        .log("The warm-up failed; the node will be slower at first");
    return null;
  }

  /**
   * Ends a warm-up in progress, and keeps one from starting. Completes when nothing of it is left.
   */
  synchronized Future<?> stop() {
    if (node == null) {
      return Future.succeededFuture();
    }
    if (!begun) {
      begun = true;
      return node.close();
    }
    node.end();
    return ended.otherwiseEmpty();
  }
}
