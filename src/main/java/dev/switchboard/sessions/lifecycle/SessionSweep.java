package dev.switchboard.sessions.lifecycle;

import dev.switchboard.config.SessionsConfig;
import dev.switchboard.sessions.session.OutboundQueue;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.time.RepeatingTask;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Schedule;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The look at every session of an event loop that is taken over and over. */
public final class SessionSweep {
  private final SessionRegistry sessionRegistry;
  private final Upkeep upkeep;
  private final BacklogDelivery backlogDelivery;
  private final OutboundQueue outboundQueue;

  public SessionSweep(
      SessionRegistry sessionRegistry,
      Upkeep upkeep,
      BacklogDelivery backlogDelivery,
      OutboundQueue outboundQueue) {
    this.sessionRegistry = sessionRegistry;
    this.upkeep = upkeep;
    this.backlogDelivery = backlogDelivery;
    this.outboundQueue = outboundQueue;
  }

  /** The task that takes these looks, several of them in each heartbeat; not started yet. */
  public RepeatingTask task(RepeatingTasks tasks, SessionsConfig bounds) {
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
    for (Session session : sessionRegistry.all()) {
      RuntimeException failure = look(session);
      first = first == null ? failure : first;
    }
    outboundQueue.flush();
    if (first != null) {
      throw first;
    }
  }

  private @Nullable RuntimeException look(Session session) {
    try {
      upkeep.look(session);
      backlogDelivery.retry(session);
      return null;
    } catch (RuntimeException failure) {
      return failure;
    }
  }
}
