package dev.switchboard.sessions.subscriptions;

import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.sessions.session.Session;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A log as one hub follows it: how far it came, and who follows. */
public final class LogStream {
  private final LogId log;
  private final LogShare share;
  private final Set<Session> followers = new LinkedHashSet<>();
  private final Set<Session> ahead = new LinkedHashSet<>(0);
  private @Nullable LogPosition released;
  private long moved;

  LogStream(LogId log, LogShare share) {
    this.log = log;
    this.share = share;
  }

  LogId log() {
    return log;
  }

  /** Place of the last event that reached this hub; null until the bridge opened the log. */
  public @Nullable LogPosition released() {
    return released;
  }

  /**
   * It goes on from there.
   *
   * @param bytes of the events up to there, as far as that is known
   */
  public void released(LogPosition place, long bytes) {
    moved +=
        released != null && released.sameEpoch(place)
            ? share.of(place.offset() - released.offset(), bytes)
            : LogShare.WHOLE;
    released = place;
  }

  /** How much of the log went by, as {@link LogShare} counts; only grows. */
  long moved() {
    return moved;
  }

  /** Sessions that follow it, caught up or not. */
  public Set<Session> followers() {
    return followers;
  }

  boolean remove(Session session) {
    boolean unused = ahead.remove(session);
    return followers.remove(session);
  }

  /** The session knows more than this hub: it has come from a node that was further. */
  void waitFor(Session session) {
    boolean unused = ahead.add(session);
  }

  boolean hasWaiting() {
    return !ahead.isEmpty();
  }

  /** Those that were further than this hub; it has moved since. */
  List<Session> takeWaiting() {
    List<Session> taken = new ArrayList<>(ahead);
    ahead.clear();
    return taken;
  }
}
