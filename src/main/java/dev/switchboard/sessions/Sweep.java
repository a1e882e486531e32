package dev.switchboard.sessions;

import dev.switchboard.config.SwitchboardConfig.Sessions;
import dev.switchboard.time.RepeatingTask;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Schedule;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The look at every session of an event loop that is taken over and over. */
final class Sweep {
  private final Endings endings;
  private final Upkeep upkeep;
  private final Supply supply;
  private final Outbox outbox;

  Sweep(Endings endings, Upkeep upkeep, Supply supply, Outbox outbox) {
    this.endings = endings;
    this.upkeep = upkeep;
    this.supply = supply;
    this.outbox = outbox;
  }

  /** The task that takes these looks, several of them in each heartbeat; not started yet. */
  RepeatingTask task(RepeatingTasks tasks, Sessions bounds) {
    return tasks.action("session-upkeep", Schedule.every(pause(bounds.heartbeat())), this::run);
  }

  private static Duration pause(Duration heartbeat) {
    return Duration.ofMillis(Math.max(20, Math.min(1_000, heartbeat.toMillis() / 4)));
  }

  /**
   * A session whose look throws keeps no other session from its own; the first failure is thrown.
   */
  private void run() {
    RuntimeException first = null;
    for (Session session : endings.all()) {
      RuntimeException failure = look(session);
      first = first == null ? failure : first;
    }
    outbox.flush();
    if (first != null) {
      throw first;
    }
  }

  private @Nullable RuntimeException look(Session session) {
    try {
      upkeep.look(session);
      supply.retry(session);
      return null;
    } catch (RuntimeException failure) {
      return failure;
    }
  }
}
