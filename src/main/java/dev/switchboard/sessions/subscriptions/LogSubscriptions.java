package dev.switchboard.sessions.subscriptions;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Role;
import dev.switchboard.event.LogId;
import dev.switchboard.event.Position;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.sessions.session.EventFilter;
import dev.switchboard.sessions.session.Session;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which logs a session follows and what it wants of them: takes up logs, lets go of them, and
 * changes its filter. A log is followed from the moment it is asked for, and given once the bridge
 * has opened it.
 */
public final class LogSubscriptions {
  private static final int MAX_WAITING = 64;

  private final LogStreams streams;
  private final Subscribers subscribers;
  private final CatchUp catchUp;

  /** Who waits until all its logs are open; few sessions ever do. */
  private final Map<Session, Deque<Waiting>> waiting = new HashMap<>();

  public LogSubscriptions(LogStreams streams, Subscribers subscribers, CatchUp catchUp) {
    this.streams = streams;
    this.subscribers = subscribers;
    this.catchUp = catchUp;
  }

  /**
   * What goes on then.
   *
   * @param logs the new ones; if the session lets go of one and comes back, it is another's
   */
  private record Waiting(List<LogId> logs, Consumer<List<LogId>> open) {}

  /**
   * Takes up further logs; {@code open} hears when every log of the session is open, and which of
   * these it has not let go of since.
   */
  public void follow(Session session, List<LogId> logs, Consumer<List<LogId>> open) {
    waiting
        .computeIfAbsent(session, s -> new ArrayDeque<>(1))
        .add(new Waiting(new ArrayList<>(logs), open));
    logs.forEach(log -> streams.follow(session, log));
    if (streams.allOpen(session)) {
      logsOpen(session);
    }
  }

  /**
   * A live session takes up further logs, from a place it knows or from here on; {@code done} hears
   * whether it missed nothing, or null if it asked for nothing it missed.
   */
  public void join(
      Session session,
      List<LogId> logs,
      @Nullable Position after,
      Consumer<@Nullable Boolean> done) {
    follow(session, logs, wanted -> enter(session, wanted, after, done));
  }

  /** Every log it follows is open. */
  public void logsOpen(Session session) {
    Deque<Waiting> opened = waiting.remove(session);
    if (opened != null) {
      opened.forEach(one -> one.open().accept(one.logs()));
    }
  }

  private void enter(
      Session session,
      List<LogId> wanted,
      @Nullable Position after,
      Consumer<@Nullable Boolean> done) {
    if (after == null || wanted.isEmpty()) {
      catchUp.join(session, wanted);
      done.accept(null);
      return;
    }
    catchUp.prepare(
        session,
        wanted,
        after,
        proven -> {
          if (!proven) {
            catchUp.join(session, wanted);
          }
          done.accept(proven);
          catchUp.goOn(session);
        });
  }

  /** Lets go of topics. */
  public void leaveTopics(Session session, Collection<Topic> topics) {
    TenantId tenant = requireNonNull(session.who()).tenant();
    boolean waited = !streams.allOpen(session);
    for (Topic topic : topics) {
      LogId log = new LogId(tenant, topic);
      if (session.logs().remove(log)) {
        leave(session, log);
      }
    }
    if (waited && streams.allOpen(session)) {
      logsOpen(session);
    }
  }

  private void leave(Session session, LogId log) {
    subscribers.leave(session, log);
    session.replays().removeIf(replay -> replay.log().equals(log));
    streams.unfollow(session, log);
    waitingOf(session).forEach(one -> one.logs().remove(log));
  }

  /** Whether it asked for more, before Redis has answered, than is kept for anyone. */
  public boolean waitsForTooMuch(Session session) {
    return waitingOf(session).size() >= MAX_WAITING;
  }

  private Collection<Waiting> waitingOf(Session session) {
    Deque<Waiting> some = waiting.get(session);
    return some == null ? List.of() : some;
  }

  /** Changes what it wants of the tenant's log, and that it wants only what it names. */
  public void refilter(Session session, EventFilter filter) {
    session.subscribed();
    subscribers.refilter(session, filter);
  }

  /** Its person has another role now: what that may not see or follow ends. */
  public void changeRole(Session session, Role role) {
    subscribers.refilter(session, session.filter().seenBy(role.see()));
    leaveTopics(
        session, topics(session).stream().filter(topic -> !role.topics().allows(topic)).toList());
  }

  /** The topics it follows, opened or not. */
  public List<Topic> topics(Session session) {
    return session.logs().stream().map(LogId::topic).filter(Objects::nonNull).toList();
  }

  /** Where its stream continues from, in every log it follows. */
  public String position(Session session) {
    return streams.position(session);
  }

  /** The session ends. */
  public void forget(Session session) {
    waiting.remove(session);
    session.logs().forEach(log -> leave(session, log));
    session.logs().clear();
  }
}
