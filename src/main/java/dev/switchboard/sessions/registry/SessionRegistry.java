package dev.switchboard.sessions.registry;

import dev.switchboard.auth.Principal;
import dev.switchboard.bus.SessionClosed;
import dev.switchboard.bus.inspection.RecentRefusals;
import dev.switchboard.config.SessionsConfig;
import dev.switchboard.event.CloseReason;
import dev.switchboard.event.ProtocolFault;
import dev.switchboard.sessions.session.Recovery;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.Transport;
import dev.switchboard.time.LoopScheduler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The sessions of one event loop that have not ended. A session ends for a reason of the server's,
 * or because its transport was closed; either way it is counted and every listener is called.
 * Belongs to that event loop.
 */
public final class SessionRegistry {
  private final int maxPerNode;
  private final SessionCount count;
  private final SessionMeters meters;
  private final Traffic traffic;
  private final EndedSessions endedSessions;
  private final LoopScheduler scheduler;
  private final List<SessionEndListener> listeners = new ArrayList<>();
  private final Set<Session> present = new LinkedHashSet<>();
  private final Set<Session> closing = new HashSet<>();

  /** Counts its sessions in {@code count}, which all event loops share, like {@code refusals}. */
  public SessionRegistry(
      SessionsConfig config, SessionCount count, RecentRefusals refusals, LoopScheduler scheduler) {
    this.maxPerNode = config.maxPerNode();
    this.count = count;
    this.meters = count.meters();
    this.traffic = meters.traffic();
    this.endedSessions = new EndedSessions(refusals);
    this.scheduler = scheduler;
  }

  /** Adds a listener; listeners are called in the order in which they were added. */
  public void addListener(SessionEndListener listener) {
    listeners.add(listener);
  }

  /** A live view of the sessions that have not ended. */
  public Set<Session> present() {
    return Collections.unmodifiableSet(present);
  }

  /** Adds a session that has a transport; it ends at once if the node is full. */
  public void add(Session session) {
    present.add(session);
    count.opened(session.transport().isSocket());
    if (count.now() > maxPerNode) {
      end(session, CloseReason.NO_CAPACITY);
    }
  }

  /** What the sessions of this loop send and receive. */
  public Traffic traffic() {
    return traffic;
  }

  LoopScheduler scheduler() {
    return scheduler;
  }

  SessionMeters meters() {
    return meters;
  }

  /** Counts a session that has got its principal. */
  public void authenticated(Session session, Principal.Participant principal) {
    count.entered(principal);
    meters.entered(session, principal.role().name());
  }

  /** Counts a session under the role that a new token gave it. */
  public void roleChanged(Session session, String before, String now) {
    meters.left(session, before);
    meters.entered(session, now);
  }

  /** Counts a session that has become live, by what it recovered. */
  public void opened(Recovery recovery) {
    meters.opened(recovery);
  }

  /** Counts a message that was refused because its client sends too many. */
  public void rateLimited() {
    meters.rateLimited();
  }

  /** Ends a session with the default message of {@code reason}. */
  public void end(Session session, CloseReason reason) {
    end(session, reason, reason.message());
  }

  /** Ends a session; the client gets the code of {@code reason} and {@code message}. */
  public void end(Session session, CloseReason reason, String message) {
    if (present.contains(session)) {
      count.ended(reason);
      endedSessions.ended(session, reason, message);
      Transport transport = session.transport();
      ended(session, reasonForPresence(reason));
      closing.add(session);
      transport.close(reason, message);
    }
  }

  /** Counts messages that sessions were sent. */
  void countSent(long messages) {
    count.countSent(messages);
  }

  /**
   * Ends a session on the next turn of the event loop, since the caller may iterate over sessions.
   */
  void endAsTooSlow(Session session) {
    scheduler.next(() -> end(session, CloseReason.TOO_SLOW));
  }

  /** Ends a session that a newer one replaces; callable from every thread. */
  void endAsReplaced(Session session) {
    scheduler.next(() -> end(session, CloseReason.REPLACED));
  }

  /** Ends a session whose transport is being closed because of that fault of its client. */
  public void transportFailed(Session session, ProtocolFault fault) {
    if (present.contains(session)) {
      count.ended(fault);
      endedSessions.failed(session, fault);
      ended(session, SessionClosed.Reason.CLOSED);
      closing.add(session);
    }
  }

  /** Ends a session whose transport was closed by the client or broke. */
  public void transportClosed(Session session) {
    ended(session, SessionClosed.Reason.CLOSED);
  }

  private void ended(Session session, SessionClosed.Reason reason) {
    if (closing.remove(session) || !present.remove(session)) {
      return;
    }
    count.closed(session.transport().isSocket());
    Principal.Participant principal = session.principal();
    if (principal != null) {
      count.left(principal);
      meters.left(session, principal.role().name());
    }
    listeners.forEach(listener -> listener.sessionEnded(session, reason));
    session.closed();
  }

  private static SessionClosed.Reason reasonForPresence(CloseReason reason) {
    return switch (reason) {
      case DRAINING -> SessionClosed.Reason.DRAINED;
      case NO_HEARTBEAT -> SessionClosed.Reason.TIMEOUT;
      case DISCONNECTED -> SessionClosed.Reason.KICKED;
      default -> SessionClosed.Reason.CLOSED;
    };
  }

  /** Returns whether some transports have been asked to close and have not closed yet. */
  public boolean hasClosing() {
    return !closing.isEmpty();
  }
}
