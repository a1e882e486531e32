package dev.switchboard.sessions.subscriptions;

import static java.util.Objects.requireNonNull;

import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Position;
import dev.switchboard.sessions.session.LogSubscription;
import dev.switchboard.sessions.session.LogSubscription.CatchingUp;
import dev.switchboard.sessions.session.LogSubscription.Live;
import dev.switchboard.sessions.session.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The logs that the sessions of one hub are subscribed to. The hub follows a log from its first
 * subscriber to its last. Belongs to the hub's event loop.
 */
public final class LogStreams {
  private final Consumer<LogId> follow;
  private final Consumer<LogId> unfollow;
  private final LogShare share;
  private final Map<LogId, LogStream> streams = new HashMap<>();

  /** {@code follow} and {@code unfollow} tell the bridge which logs this hub needs. */
  public LogStreams(Consumer<LogId> follow, Consumer<LogId> unfollow, LogShare share) {
    this.follow = follow;
    this.unfollow = unfollow;
    this.share = share;
  }

  /** The stream of {@code log}; null if no session is subscribed to it. */
  public @Nullable LogStream find(LogId log) {
    return streams.get(log);
  }

  /** The stream of {@code log}; null as well if the bridge has not opened it yet. */
  @Nullable LogStream findOpen(LogId log) {
    LogStream stream = streams.get(log);
    return stream != null && stream.isOpen() ? stream : null;
  }

  /** Subscribes {@code session} to a log that it is not subscribed to. */
  public void subscribe(Session session, LogId log) {
    LogStream stream = streams.get(log);
    if (stream == null) {
      stream = new LogStream(log, share);
      streams.put(log, stream);
      follow.accept(log);
    }
    session.logs().add(stream.add(session));
  }

  /**
   * Ends the subscription of {@code session} to {@code log}.
   *
   * @return its last state; null if there was none
   */
  @Nullable LogSubscription unsubscribe(Session session, LogId log) {
    LogSubscription last = session.logs().remove(log);
    LogStream stream = streams.get(log);
    if (stream != null && stream.remove(session) && stream.subscribers().isEmpty()) {
      streams.remove(log);
      unfollow.accept(log);
    }
    return last;
  }

  /** The hub's position in an open log. */
  LogPosition position(LogId log) {
    return requireNonNull(requireNonNull(streams.get(log)).position());
  }

  /** The position from which {@code session} can resume, in every log whose events it gets. */
  public String position(Session session) {
    List<LogSubscription> subscriptions = session.logs().all();
    List<LogPosition> positions = new ArrayList<>(subscriptions.size());
    for (LogSubscription subscription : subscriptions) {
      if (subscription instanceof CatchingUp catchingUp) {
        positions.add(catchingUp.cursor());
      } else if (subscription instanceof Live) {
        positions.add(position(subscription.log()));
      }
    }
    return Position.format(positions);
  }

  /** How much has gone by in the logs of {@code session}; grows with every event of any. */
  public long moved(Session session) {
    long sum = 0;
    for (LogSubscription subscription : session.logs().all()) {
      LogStream stream = streams.get(subscription.log());
      if (stream != null) {
        sum += stream.moved();
      }
    }
    return sum;
  }
}
