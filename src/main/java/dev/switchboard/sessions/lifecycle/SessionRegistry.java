package dev.switchboard.sessions.lifecycle;

import dev.switchboard.auth.Principal;
import dev.switchboard.bus.SessionClosed;
import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.Transport;
import dev.switchboard.time.LoopScheduler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The sessions of one event loop that have not ended, and how each ends: by a reason of ours, or
 * because its transport is gone. Counts them and has every other part forget them.
 */
public final class SessionRegistry implements Drain.Leavers {
  private final SessionCount count;
  private final PresenceNotifier news;
  private final LoopScheduler scheduler;
  private final List<Consumer<Session>> forgetting = new ArrayList<>();
  private final Set<Session> present = new LinkedHashSet<>();
  private final Set<Session> leaving = new HashSet<>();

  public SessionRegistry(SessionCount count, PresenceNotifier news, LoopScheduler scheduler) {
    this.count = count;
    this.news = news;
    this.scheduler = scheduler;
  }

  /** Whoever keeps something of a session lets go of it here; runs before the session is closed. */
  public void onGone(Consumer<Session> forget) {
    forgetting.add(forget);
  }

  /** Everyone who is there, as it changes. */
  public Set<Session> present() {
    return Collections.unmodifiableSet(present);
  }

  /** Its transport is there; from now on it can end. */
  public void begin(Session session) {
    present.add(session);
    count.opened();
  }

  /** Ends it for that reason. */
  public void end(Session session, CloseReason reason) {
    end(session, reason, reason.message());
  }

  /** Ends it for that reason, in other words. */
  public void end(Session session, CloseReason reason, String words) {
    if (present.contains(session)) {
      count.ended(reason);
      Transport transport = session.transport();
      gone(session, PresenceNotifier.toldOf(reason));
      leaving.add(session);
      transport.close(reason, words);
    }
  }

  /** Whoever iterates over a room must not see it change. */
  public void endAsTooSlow(Session session) {
    scheduler.next(() -> end(session, CloseReason.TOO_SLOW));
  }

  /** A newer session has its place; callable from every thread. */
  public void endAsReplaced(Session session) {
    scheduler.next(() -> end(session, CloseReason.REPLACED));
  }

  /** Its transport is gone. */
  public void gone(Session session) {
    gone(session, SessionClosed.Reason.CLOSED);
  }

  private void gone(Session session, SessionClosed.Reason reason) {
    if (leaving.remove(session) || !present.remove(session)) {
      return;
    }
    count.closed();
    Principal.Participant who = session.who();
    if (who != null) {
      count.left(who);
    }
    news.closed(session, reason);
    forgetting.forEach(forget -> forget.accept(session));
    session.closed();
  }

  @Override
  public List<Session> all() {
    return List.copyOf(present);
  }

  @Override
  public void end(Session session, String words) {
    end(session, CloseReason.DRAINING, words);
  }

  @Override
  public boolean someStillLeaving() {
    return !leaving.isEmpty();
  }
}
