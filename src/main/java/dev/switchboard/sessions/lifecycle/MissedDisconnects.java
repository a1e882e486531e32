package dev.switchboard.sessions.lifecycle;

import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.ControlCommand.Disconnect;
import dev.switchboard.bus.MissedDisconnect;
import dev.switchboard.redis.ControlChannel;
import dev.switchboard.time.RepeatingTask;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Schedule;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Orders to disconnect a user that the control channel did not bring, because the node was cut off
 * in that moment. They are read from Redis every few seconds, back to the last time Redis answered.
 */
public final class MissedDisconnects {
  private static final Schedule SCHEDULE = Schedule.every(Duration.ofSeconds(2));
  private static final Duration OVERLAP = Duration.ofMinutes(1);

  private final Vertx vertx;
  private final ControlChannel orders;
  private final Clock clock;
  private final RepeatingTask looks;
  private Set<Disconnect> seen = new HashSet<>();
  private @Nullable Instant lastLook;

  /** Over commands of the event loop that starts it. */
  public MissedDisconnects(Vertx vertx, RepeatingTasks tasks, ControlChannel orders, Clock clock) {
    this.vertx = vertx;
    this.orders = orders;
    this.clock = clock;
    this.looks = tasks.task("disconnects", SCHEDULE, this::look);
  }

  /** Looks for the first time and goes on; fails if Redis can't be asked at first. */
  public Future<Void> start() {
    return look().onSuccess(looked -> looks.start());
  }

  /** No further looks. */
  public void stop() {
    looks.stop();
  }

  private Future<Void> look() {
    return orders
        .time()
        .compose(
            now -> {
              long ahead = now.toEpochMilli() - clock.millis();
              Instant from = lastLook == null ? now : lastLook.minus(OVERLAP);
              return orders
                  .disconnectsSince(from)
                  .map(
                      found -> {
                        lastLook = now;
                        tell(found, ahead);
                        return null;
                      });
            });
  }

  /** {@code ahead} is how far the clock of Redis is before ours. */
  private void tell(List<Disconnect> found, long ahead) {
    for (Disconnect order : found) {
      if (!seen.contains(order)) {
        Addresses.MISSED_DISCONNECT.publish(
            vertx,
            new MissedDisconnect(order.tenant(), order.user(), order.at().toEpochMilli() - ahead));
      }
    }
    seen = new HashSet<>(found);
  }
}
