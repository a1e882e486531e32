package dev.switchboard.sessions.subscriptions;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Role;
import dev.switchboard.bus.SessionClosed;
import dev.switchboard.event.LogId;
import dev.switchboard.event.Position;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.sessions.registry.SessionEndListener;
import dev.switchboard.sessions.session.EventFilter;
import dev.switchboard.sessions.session.KeptName;
import dev.switchboard.sessions.session.LogSubscription.Live;
import dev.switchboard.sessions.session.Recovery;
import dev.switchboard.sessions.session.Session;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Subscribes sessions to logs, unsubscribes them, and changes their filters. Belongs to the hub's
 * event loop.
 */
public final class LogSubscriptions implements SessionEndListener {
  private static final int MAX_PENDING = 64;

  private final LogStreams streams;
  private final Subscribers subscribers;
  private final CatchUp catchUp;

  /** Subscriptions of sessions that wait until all their logs are open; few sessions ever do. */
  private final Map<Session, Deque<Pending>> pending = new HashMap<>();

  public LogSubscriptions(LogStreams streams, Subscribers subscribers, CatchUp catchUp) {
    this.streams = streams;
    this.subscribers = subscribers;
    this.catchUp = catchUp;
  }

  /**
   * One call of {@link #subscribe} that waits.
   *
   * @param logs those it subscribed to; without those that the session has unsubscribed from since,
   *     as a later subscription to the same log is another call's
   */
  private record Pending(List<LogId> logs, Promise<List<LogId>> open) {}

  /**
   * Subscribes {@code session} to logs that it is not subscribed to. Succeeds when every log of the
   * session is open, with those of {@code logs} that it has not unsubscribed from; never completes
   * if the session ends before.
   */
  public Future<List<LogId>> subscribe(Session session, List<LogId> logs) {
    Pending call = new Pending(new ArrayList<>(logs), Promise.promise());
    pending.computeIfAbsent(session, s -> new ArrayDeque<>(1)).add(call);
    logs.forEach(log -> streams.subscribe(session, log));
    if (session.logs().areAllOpen()) {
      logsOpened(session);
    }
    return call.open().future();
  }

  /**
   * Subscribes a live session to further logs, from the position {@code after} or, if that is null,
   * from here on. The caller then calls {@link #resume}, unless the result is {@link
   * Recovery#NOT_ASKED}.
   */
  public Future<Recovery> join(Session session, List<LogId> logs, @Nullable Position after) {
    return subscribe(session, logs).compose(open -> enter(session, open, after));
  }

  private Future<Recovery> enter(Session session, List<LogId> logs, @Nullable Position after) {
    if (after == null || logs.isEmpty()) {
      catchUp.join(session, logs);
      return Future.succeededFuture(Recovery.NOT_ASKED);
    }
    return catchUp
        .recover(session, logs, after)
        .map(
            recovery -> {
              if (recovery == Recovery.LOST) {
                catchUp.join(session, logs);
              }
              return recovery;
            });
  }

  /** Sends what {@code session} missed in the logs that it joined from a position. */
  public void resume(Session session) {
    catchUp.resume(session);
  }

  /** Completes what waits for the logs of {@code session}: the bridge has opened all of them. */
  public void logsOpened(Session session) {
    Deque<Pending> calls = pending.remove(session);
    if (calls != null) {
      calls.forEach(call -> call.open().complete(call.logs()));
    }
  }

  /** Unsubscribes {@code session} from these topics, as far as it is subscribed to them. */
  public void unsubscribe(Session session, Collection<Topic> topics) {
    TenantId tenant = requireNonNull(session.principal()).tenant();
    boolean waited = !session.logs().areAllOpen();
    for (Topic topic : topics) {
      LogId log = new LogId(tenant, topic);
      if (session.logs().contains(log)) {
        unsubscribe(session, log);
      }
    }
    if (waited && session.logs().areAllOpen()) {
      logsOpened(session);
    }
  }

  private void unsubscribe(Session session, LogId log) {
    if (streams.unsubscribe(session, log) instanceof Live) {
      subscribers.remove(session, log);
    }
    pendingOf(session).forEach(call -> call.logs().remove(log));
    if (session.followsKept()) {
      session.kept().removeIf(name -> name.isOf(log.topic()));
    }
  }

  /** Whether the maximum of subscriptions that wait for Redis is reached. */
  public boolean hasTooManyPending(Session session) {
    return pendingOf(session).size() >= MAX_PENDING;
  }

  private Collection<Pending> pendingOf(Session session) {
    Deque<Pending> calls = pending.get(session);
    return calls == null ? List.of() : calls;
  }

  /** Sets the filter that the client chose; from now on it gets only what it asked for. */
  public void chooseEvents(Session session, EventFilter filter) {
    session.chooseEvents();
    subscribers.setFilter(session, filter);
  }

  /**
   * Follows collections of kept events of logs that the session is subscribed to; the caller then
   * calls {@link #resume}, which sends their state.
   *
   * @param now as {@code SessionTime.nanos} counts
   */
  public void followKept(Session session, List<KeptName> names, long now) {
    TenantId tenant = requireNonNull(session.principal()).tenant();
    session.kept().ask(names, now);
    names.forEach(name -> catchUp.fallBehind(session, name.log(tenant)));
  }

  /** Ends what the new role may not follow; a role that sees other types gets the state again. */
  private void changeKept(Session session, Role role, boolean seesOtherTypes) {
    session.kept().removeIf(name -> !role.kept().allows(name.collection()));
    if (seesOtherTypes) {
      session.logs().ids().forEach(log -> catchUp.doubtKept(session, log));
    }
  }

  /** Applies a new role: what it may not see or subscribe to ends. */
  public void changeRole(Session session, Role role) {
    boolean seesOtherTypes = !session.filter().visible().equals(role.see());
    subscribers.setFilter(session, session.filter().withVisible(role.see()));
    unsubscribe(
        session,
        session.logs().topics().stream().filter(topic -> !role.topics().allows(topic)).toList());
    if (session.followsKept()) {
      changeKept(session, role, seesOtherTypes);
    }
  }

  /** The position from which {@code session} can resume, in every log whose events it gets. */
  public String position(Session session) {
    return streams.position(session);
  }

  @Override
  public void sessionEnded(Session session, SessionClosed.Reason reason) {
    pending.remove(session);
    session.logs().ids().forEach(log -> unsubscribe(session, log));
  }
}
