package dev.switchboard.presence;

import dev.switchboard.bus.Addresses;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs this node's heartbeats and its reaper on an event loop of their own. */
public final class PresenceVerticle extends VerticleBase {
  private final Supplier<PresenceLoop> loops;
  private @Nullable PresenceLoop loop;
  private boolean flushScheduled;

  /** The loop is made on the verticle's own event loop. */
  public PresenceVerticle(Supplier<PresenceLoop> loops) {
    this.loops = loops;
  }

  @Override
  public Future<?> start() {
    PresenceLoop started = loops.get();
    loop = started;
    Addresses.SESSION_OPENED.consume(
        vertx,
        opened -> {
          started.opened(opened);
          flushSoon(started);
        });
    Addresses.SESSION_CLOSED.consume(
        vertx,
        closed -> {
          started.closed(closed);
          flushSoon(started);
        });
    tickAfter(started, HeartbeatLoop.tickMillis());
    reapAgain(started);
    return Future.succeededFuture();
  }

  /** Once for everything this turn of the loop brings. */
  private void flushSoon(PresenceLoop flushed) {
    if (!flushScheduled) {
      flushScheduled = true;
      vertx.runOnContext(
          turnEnded -> {
            flushScheduled = false;
            Future<Void> unused = flushed.flush();
          });
    }
  }

  /** Re-arms when its work has ended, at the pace that one round takes one heartbeat. */
  private void tickAfter(PresenceLoop ticking, long millis) {
    long unused =
        vertx.setTimer(
            millis,
            fired -> {
              long begun = System.nanoTime();
              ticking
                  .tick()
                  .onComplete(
                      done -> {
                        long took = (System.nanoTime() - begun) / 1_000_000;
                        tickAfter(ticking, Math.max(1, HeartbeatLoop.tickMillis() - took));
                      });
            });
  }

  private void reapAgain(PresenceLoop reaping) {
    long period = reaping.reaperMillis();
    long jittered = period - ThreadLocalRandom.current().nextLong(period / 10 + 1);
    long unused =
        vertx.setTimer(jittered, fired -> reaping.reap().onComplete(done -> reapAgain(reaping)));
  }

  @Override
  public Future<?> stop() {
    return loop == null ? Future.succeededFuture() : loop.stop();
  }
}
