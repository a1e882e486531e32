package dev.switchboard.bridge;

import dev.switchboard.time.RepeatingTask;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Schedule;
import java.time.Duration;
import java.util.List;

/** The repeating tasks of the bridge. Belongs to one event loop. */
final class BridgeTasks {
  private static final Duration POSITION_CHECK = Duration.ofSeconds(40);
  private static final Duration PROBE = Duration.ofSeconds(5);
  private static final Duration ATTEMPTS = Duration.ofSeconds(10);
  private static final double JITTER = 0.2;

  private final List<RepeatingTask> tasks;

  /**
   * Not started yet.
   *
   * @param checkPositions compares the followed logs with those in Redis
   * @param probe sends a message through Redis to this node
   * @param renewAttempts asks the nodes again for the attempts that sessions follow
   */
  BridgeTasks(
      RepeatingTasks tasks, Runnable checkPositions, Runnable probe, Runnable renewAttempts) {
    this.tasks =
        List.of(
            tasks.action("log-position-check", schedule(POSITION_CHECK), checkPositions),
            tasks.action("liveness-probe", schedule(PROBE), probe),
            tasks.action("attempt-subscriptions", schedule(ATTEMPTS), renewAttempts));
  }

  private static Schedule schedule(Duration period) {
    return Schedule.every(period).withJitter(JITTER);
  }

  void start() {
    tasks.forEach(RepeatingTask::start);
  }

  void stop() {
    tasks.forEach(RepeatingTask::stop);
  }
}
