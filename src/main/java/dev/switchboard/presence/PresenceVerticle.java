package dev.switchboard.presence;

import dev.switchboard.bus.Addresses;
import dev.switchboard.time.RepeatingTask;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Schedule;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs this node's heartbeats and its reaper on an event loop of their own. */
public final class PresenceVerticle extends VerticleBase {
  private static final double REAPER_JITTER = 0.1;

  private final Supplier<PresenceLoop> loops;
  private final RepeatingTasks repeating;
  private List<RepeatingTask> tasks = List.of();
  private @Nullable PresenceLoop loop;
  private boolean flushScheduled;

  /** Calls {@code loops} on the verticle's own event loop. */
  public PresenceVerticle(Supplier<PresenceLoop> loops, RepeatingTasks repeating) {
    this.loops = loops;
    this.repeating = repeating;
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
    tasks = tasks(started);
    tasks.forEach(RepeatingTask::start);
    return Future.succeededFuture();
  }

  /** Flushes once for everything that this turn of the event loop brings. */
  private void flushSoon(PresenceLoop flushed) {
    if (!flushScheduled) {
      flushScheduled = true;
      vertx.runOnContext(
          turnEnded -> {
            flushScheduled = false;
            flushed.flush();
          });
    }
  }

  private List<RepeatingTask> tasks(PresenceLoop owner) {
    Schedule ticks = Schedule.every(HeartbeatLoop.TICK).measuredFromStart();
    Schedule reaps = Schedule.every(owner.reaperPeriod()).withJitter(REAPER_JITTER);
    return List.of(
        repeating.action("presence-heartbeat", ticks, owner::tick),
        repeating.task("presence-reaper", reaps, owner::reap));
  }

  @Override
  public Future<?> stop() {
    tasks.forEach(RepeatingTask::stop);
    return loop == null ? Future.succeededFuture() : loop.stop();
  }
}
