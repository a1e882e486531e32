package dev.switchboard.sessions.lifecycle;

import dev.switchboard.config.SessionsConfig;
import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.time.RepeatingTask;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Schedule;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Visits every session of one event loop several times in each heartbeat, instead of a timer for
 * each session: does the {@link Upkeep} and retries deliveries that failed.
 */
public final class SessionSweep {
  private final SessionRegistry registry;
  private final Upkeep upkeep;
  private final BacklogDelivery backlog;
  private final OutboundQueue outboundQueue;

  public SessionSweep(
      SessionRegistry registry,
      Upkeep upkeep,
      BacklogDelivery backlog,
      OutboundQueue outboundQueue) {
    this.registry = registry;
    this.upkeep = upkeep;
    this.backlog = backlog;
    this.outboundQueue = outboundQueue;
  }

  /** The repeating task; not started yet. */
  public RepeatingTask task(RepeatingTasks tasks, SessionsConfig config) {
    return tasks.action("session-upkeep", Schedule.every(pause(config.heartbeat())), this::run);
  }

  /** Time between two rounds. */
  static Duration pause(Duration heartbeat) {
    return Duration.ofMillis(Math.max(20, Math.min(1_000, heartbeat.toMillis() / 4)));
  }

  /**
   * An exception in one session keeps no other from its turn; the first one is thrown at the end.
   */
  private void run() {
    RuntimeException first = null;
    long queued = 0;
    upkeep.beginRound();
    for (Session session : List.copyOf(registry.present())) {
      RuntimeException failure = tryVisit(session);
      first = first == null ? failure : first;
      queued += session.transport().queuedBytes();
    }
    outboundQueue.flush();
    registry.traffic().queued(queued);
    if (first != null) {
      throw first;
    }
  }

  private @Nullable RuntimeException tryVisit(Session session) {
    try {
      upkeep.check(session);
      backlog.retry(session);
      return null;
    } catch (RuntimeException failure) {
      return failure;
    }
  }
}
