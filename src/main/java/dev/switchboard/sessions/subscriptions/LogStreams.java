package dev.switchboard.sessions.subscriptions;

import static java.util.Objects.requireNonNull;

import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Position;
import dev.switchboard.sessions.session.Replay;
import dev.switchboard.sessions.session.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The logs that the sessions of one hub follow: asks for a log with its first follower, lets go of
 * it with its last, and knows how far each came.
 */
public final class LogStreams {
  private final Consumer<LogId> watch;
  private final Consumer<LogId> unwatch;
  private final LogShare share;
  private final Map<LogId, LogStream> streams = new HashMap<>();

  /** Where to ask for a log, and where to let go of it. */
  public LogStreams(Consumer<LogId> watch, Consumer<LogId> unwatch, LogShare share) {
    this.watch = watch;
    this.unwatch = unwatch;
    this.share = share;
  }

  /** Null if no session follows it. */
  public @Nullable LogStream find(LogId log) {
    return streams.get(log);
  }

  public void follow(Session session, LogId log) {
    LogStream stream = streams.get(log);
    if (stream == null) {
      stream = new LogStream(log, share);
      streams.put(log, stream);
      watch.accept(log);
    }
    stream.followers().add(session);
    session.logs().add(log);
    session.entering().add(log);
  }

  /** The session's own list of logs is the caller's. */
  public void unfollow(Session session, LogId log) {
    session.entering().remove(log);
    LogStream stream = streams.get(log);
    if (stream != null && stream.remove(session) && stream.followers().isEmpty()) {
      streams.remove(log);
      unwatch.accept(log);
    }
  }

  boolean isOpen(LogId log) {
    LogStream stream = streams.get(log);
    return stream != null && stream.released() != null;
  }

  /** Whether it is known where each log that the session follows begins. */
  public boolean allOpen(Session session) {
    for (LogId log : session.logs()) {
      if (!isOpen(log)) {
        return false;
      }
    }
    return true;
  }

  /** How far an open log came. */
  LogPosition released(LogId log) {
    return requireNonNull(requireNonNull(streams.get(log)).released());
  }

  /** Where a session's stream continues from, in every log whose events it gets. */
  public String position(Session session) {
    List<LogPosition> places = new ArrayList<>(session.logs().size());
    for (LogId log : session.logs()) {
      LogPosition place = placeIn(session, log);
      if (place != null) {
        places.add(place);
      }
    }
    return Position.format(places);
  }

  private @Nullable LogPosition placeIn(Session session, LogId log) {
    Replay replay = session.replayOf(log);
    if (replay != null) {
      return replay.cursor();
    }
    if (session.entering().contains(log)) {
      return null;
    }
    LogStream stream = streams.get(log);
    return stream == null ? null : stream.released();
  }

  /** How much went by in the logs the session follows; grows with every event of any. */
  public long moved(Session session) {
    long sum = 0;
    for (LogId log : session.logs()) {
      LogStream stream = streams.get(log);
      if (stream != null) {
        sum += stream.moved();
      }
    }
    return sum;
  }
}
