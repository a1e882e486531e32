package dev.switchboard.sessions.registry;

import dev.switchboard.bus.SessionClosed;
import dev.switchboard.sessions.session.Session;

/** A part that keeps state of sessions, or announces them to others, until they end. */
public interface SessionEndListener {
  /**
   * Drops everything kept of {@code session}. Called once, on the session's event loop; the session
   * still has its principal and its subscriptions.
   *
   * @param reason why it ended, in the terms of presence
   */
  void sessionEnded(Session session, SessionClosed.Reason reason);
}
