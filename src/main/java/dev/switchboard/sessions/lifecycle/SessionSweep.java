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
 * each session: does the {@link Upkeep} and retries deliveries that failed. A round is spread over
 * several turns of the loop, so that an event never waits for a visit to all sessions.
 */
public final class SessionSweep {
  /**
   * Sessions visited in one turn, as long as a round does not take more than {@link #MAX_TURNS}.
   */
  private static final int SESSIONS_PER_TURN = 256;

  private static final int MAX_TURNS = 100;

  private final SessionRegistry registry;
  private final Upkeep upkeep;
  private final BacklogDelivery backlog;
  private final OutboundQueue outboundQueue;
  private final Duration roundPause;

  /** The sessions of the round, of which those before {@code next} were visited. */
  private List<Session> round = List.of();

  private int next;
  private int turns = 1;
  private long queued;

  public SessionSweep(
      SessionsConfig config,
      SessionRegistry registry,
      Upkeep upkeep,
      BacklogDelivery backlog,
      OutboundQueue outboundQueue) {
    this.registry = registry;
    this.upkeep = upkeep;
    this.backlog = backlog;
    this.outboundQueue = outboundQueue;
    this.roundPause = pause(config.heartbeat());
  }

  /** The repeating task; not started yet. */
  public RepeatingTask task(RepeatingTasks tasks) {
    return tasks.action("session-upkeep", Schedule.every(this::turnPause), this::turn);
  }

  /** Time from one visit of a session to the next. */
  static Duration pause(Duration heartbeat) {
    return Duration.ofMillis(Math.max(20, Math.min(1_000, heartbeat.toMillis() / 4)));
  }

  private Duration turnPause() {
    return roundPause.dividedBy(turns);
  }

  /**
   * An exception in one session keeps no other from its visit; the first one is thrown at the end.
   */
  private void turn() {
    upkeep.beginTurn(turnPause());
    if (next == round.size()) {
      beginRound();
    }
    RuntimeException first = null;
    for (int end = next + share(); next < end; next++) {
      RuntimeException failure = tryVisit(round.get(next));
      first = first == null ? failure : first;
    }
    outboundQueue.flush();
    if (next == round.size()) {
      registry.traffic().queued(queued);
    }
    if (first != null) {
      throw first;
    }
  }

  private void beginRound() {
    round = List.copyOf(registry.present());
    next = 0;
    queued = 0;
    turns = Math.min(MAX_TURNS, Math.max(1, divideUp(round.size(), SESSIONS_PER_TURN)));
  }

  /** Number of sessions to visit in this turn. */
  private int share() {
    return Math.min(round.size() - next, divideUp(round.size(), turns));
  }

  private static int divideUp(int number, int by) {
    return (number + by - 1) / by;
  }

  private @Nullable RuntimeException tryVisit(Session session) {
    if (session.isClosed()) {
      return null;
    }
    try {
      queued += session.transport().queuedBytes();
      upkeep.check(session);
      backlog.retry(session);
      return null;
    } catch (RuntimeException failure) {
      return failure;
    }
  }
}
