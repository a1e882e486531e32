package dev.switchboard.sessions.lifecycle;

import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.ControlCommand.Disconnect;
import dev.switchboard.bus.ControlCommand.Ending;
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
 * Finds commands to end a user's sessions that the control channel did not deliver because the node
 * was cut off at that moment. Reads them from Redis every few seconds, back to the last time that
 * Redis answered.
 */
public final class MissedDisconnects {
  private static final Schedule SCHEDULE = Schedule.every(Duration.ofSeconds(2));
  private static final Duration OVERLAP = Duration.ofMinutes(1);

  private final Vertx vertx;
  private final ControlChannel channel;
  private final Clock clock;
  private final RepeatingTask polling;
  private Set<Ending> seen = new HashSet<>();
  private @Nullable Instant lastPoll;

  /** {@code channel} uses commands of the event loop that calls {@link #start}. */
  public MissedDisconnects(Vertx vertx, RepeatingTasks tasks, ControlChannel channel, Clock clock) {
    this.vertx = vertx;
    this.channel = channel;
    this.clock = clock;
    this.polling = tasks.task("disconnects", SCHEDULE, this::poll);
  }

  /** Polls for the first time and starts polling; fails if Redis does not answer the first time. */
  public Future<Void> start() {
    return poll().onSuccess(polled -> polling.start());
  }

  public void stop() {
    polling.stop();
  }

  private Future<Void> poll() {
    return channel
        .time()
        .compose(
            now -> {
              long ahead = now.toEpochMilli() - clock.millis();
              Instant from = lastPoll == null ? now : lastPoll.minus(OVERLAP);
              return channel
                  .endingsSince(from)
                  .map(
                      found -> {
                        lastPoll = now;
                        publish(found, ahead);
                        return null;
                      });
            });
  }

  /** Publishes the new commands; {@code ahead} is Redis time minus local time, in milliseconds. */
  private void publish(List<Ending> found, long ahead) {
    for (Ending command : found) {
      if (seen.contains(command)) {
        continue;
      }
      if (command instanceof Disconnect disconnect) {
        Addresses.MISSED_DISCONNECT.publish(
            vertx,
            new MissedDisconnect(
                disconnect.tenant(), disconnect.user(), disconnect.at().toEpochMilli() - ahead));
      } else {
        // It names its session, so that ending it again does no harm.
        Addresses.CONTROL_COMMAND.publish(vertx, command);
      }
    }
    seen = new HashSet<>(found);
  }
}
