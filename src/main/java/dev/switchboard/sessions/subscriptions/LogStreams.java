package dev.switchboard.sessions.subscriptions;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Position;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
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
 * The logs that the sessions of one hub are subscribed to, or that are observed. The hub follows a
 * log from its first subscriber or observer to its last. Belongs to the hub's event loop.
 */
public final class LogStreams {
  private final Consumer<LogId> follow;
  private final Consumer<LogId> unfollow;
  private final LogShare share;
  private final Map<LogId, LogStream> streams = new HashMap<>();

  /** {@code follow} and {@code unfollow} report to the bridge which logs this hub needs. */
  public LogStreams(Consumer<LogId> follow, Consumer<LogId> unfollow, LogShare share) {
    this.follow = follow;
    this.unfollow = unfollow;
    this.share = share;
  }

  /** The stream of {@code log}; null if no session follows it. */
  public @Nullable LogStream find(LogId log) {
    return streams.get(log);
  }

  /** The stream of {@code log}; null as well if the bridge has not opened it yet. */
  @Nullable LogStream findOpen(LogId log) {
    LogStream stream = streams.get(log);
    return stream != null && stream.isOpen() ? stream : null;
  }

  /** The authenticated sessions of a user, caught up or not; a copy. */
  public List<Session> sessionsOf(TenantId tenant, UserId user) {
    LogStream stream = streams.get(LogId.ofTenant(tenant));
    return stream == null
        ? List.of()
        : stream.subscribers().stream().filter(session -> isOf(session, user)).toList();
  }

  private static boolean isOf(Session session, UserId user) {
    return session.principal() instanceof Principal.User known && known.user().equals(user);
  }

  /** Subscribes {@code session} to a log that it is not subscribed to. */
  public void subscribe(Session session, LogId log) {
    session.logs().add(followed(log).add(session));
  }

  private LogStream followed(LogId log) {
    LogStream stream = streams.get(log);
    if (stream == null) {
      stream = new LogStream(log, share);
      streams.put(log, stream);
      follow.accept(log);
    }
    return stream;
  }

  /** Shows every event of {@code log} to {@code observer}, from when it is opened. */
  public void observe(LogId log, LogObserver observer) {
    LogStream stream = followed(log);
    stream.addObserver(observer);
    if (stream.isOpen()) {
      observer.opened();
    }
  }

  /** Shows {@code observer} no more events of {@code log}. */
  public void unobserve(LogId log, LogObserver observer) {
    LogStream stream = streams.get(log);
    if (stream != null) {
      stream.removeObserver(observer);
      unfollowIfUnused(stream);
    }
  }

  private void unfollowIfUnused(LogStream stream) {
    if (stream.isUnused()) {
      streams.remove(stream.log());
      unfollow.accept(stream.log());
    }
  }

  /**
   * Ends the subscription of {@code session} to {@code log}.
   *
   * @return its last state; null if there was none
   */
  @Nullable LogSubscription unsubscribe(Session session, LogId log) {
    LogSubscription last = session.logs().remove(log);
    LogStream stream = streams.get(log);
    if (stream != null && stream.remove(session)) {
      unfollowIfUnused(stream);
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

  /**
   * How much has gone by in the logs of {@code session} up to its position; grows with every event
   * that it passes in any.
   */
  public long moved(Session session) {
    long sum = 0;
    for (LogSubscription subscription : session.logs().all()) {
      LogStream stream = streams.get(subscription.log());
      if (stream != null) {
        sum +=
            subscription instanceof CatchingUp catchingUp
                ? stream.movedAt(catchingUp.cursor())
                : stream.moved();
      }
    }
    return sum;
  }
}
