package dev.switchboard.sessions.subscriptions;

import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.sessions.session.LogSubscription;
import dev.switchboard.sessions.session.LogSubscription.Waiting;
import dev.switchboard.sessions.session.Session;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One log as a hub follows it: the hub's position in it, and the sessions subscribed to it. */
public final class LogStream {
  private final LogId log;
  private final LogShare share;
  private final Set<Session> subscribers = new LinkedHashSet<>();
  private final Set<Session> ahead = new LinkedHashSet<>(0);
  private final Set<LogObserver> observers = new LinkedHashSet<>(0);
  private @Nullable LogPosition position;
  private long moved;

  LogStream(LogId log, LogShare share) {
    this.log = log;
    this.share = share;
  }

  LogId log() {
    return log;
  }

  /** Position of the last event that reached this hub; null until the bridge has opened the log. */
  public @Nullable LogPosition position() {
    return position;
  }

  boolean isOpen() {
    return position != null;
  }

  /** Opens the log at {@code start}: its subscribers no longer wait for it. */
  public void open(LogPosition start) {
    advance(start, 0);
    for (Session session : subscribers) {
      if (session.logs().find(log) instanceof Waiting waiting) {
        session.logs().replace(waiting, waiting.opened());
      }
    }
  }

  /**
   * Moves the hub to {@code next}.
   *
   * @param bytes size of the events up to there, as far as it is known
   */
  public void advance(LogPosition next, long bytes) {
    moved +=
        position != null && position.sameEpoch(next)
            ? share.of(next.offset() - position.offset(), bytes)
            : LogShare.WHOLE;
    position = next;
  }

  /** How much of the log has gone by, in the units of {@link LogShare}; only grows. */
  long moved() {
    return moved;
  }

  /** How much had gone by at {@code cursor}: events since then count by their number alone. */
  long movedAt(LogPosition cursor) {
    long behind =
        position != null && position.sameEpoch(cursor)
            ? share.of(position.offset() - cursor.offset(), 0)
            : LogShare.WHOLE;
    return moved - behind;
  }

  /** A live view of the sessions subscribed to the log, in any state. */
  public Set<Session> subscribers() {
    return subscribers;
  }

  /** Adds a session; returns the first state of its subscription. */
  LogSubscription add(Session session) {
    subscribers.add(session);
    Waiting waiting = new Waiting(log);
    return isOpen() ? waiting.opened() : waiting;
  }

  boolean remove(Session session) {
    ahead.remove(session);
    return subscribers.remove(session);
  }

  /** A live view of those that see every event of the log. */
  Set<LogObserver> observers() {
    return observers;
  }

  void addObserver(LogObserver observer) {
    observers.add(observer);
  }

  void removeObserver(LogObserver observer) {
    observers.remove(observer);
  }

  /** Whether no session needs the log's events. */
  boolean isUnused() {
    return subscribers.isEmpty() && observers.isEmpty();
  }

  /**
   * Keeps a session until this hub has moved: its last node was further, or it found the log in an
   * epoch that this hub is not in yet.
   */
  void addAhead(Session session) {
    ahead.add(session);
  }

  boolean hasAhead() {
    return !ahead.isEmpty();
  }

  /** Takes the sessions that were ahead of this hub; call it after the hub has moved. */
  List<Session> takeAhead() {
    List<Session> taken = new ArrayList<>(ahead);
    ahead.clear();
    return taken;
  }
}
