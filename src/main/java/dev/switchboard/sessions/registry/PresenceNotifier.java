package dev.switchboard.sessions.registry;

import dev.switchboard.auth.Principal;
import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.SessionClosed;
import dev.switchboard.bus.SessionOpened;
import dev.switchboard.sessions.session.Session;
import io.vertx.core.Vertx;

/** Notifies presence of users' sockets; event streams and visitors do not count. */
public final class PresenceNotifier implements SessionEndListener {
  private final Vertx vertx;

  public PresenceNotifier(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Notifies presence that {@code session} is live. */
  public void opened(Session session) {
    Principal.User user = session.socketUser();
    if (user != null) {
      Addresses.SESSION_OPENED.send(
          vertx, new SessionOpened(session.id(), user.tenant(), user.user()));
    }
  }

  /** Notifies presence that {@code session} is about to close, if its start was announced. */
  @Override
  public void sessionEnded(Session session, SessionClosed.Reason reason) {
    Principal.User user = session.socketUser();
    if (user != null && session.isLive()) {
      Addresses.SESSION_CLOSED.send(
          vertx, new SessionClosed(session.id(), user.tenant(), user.user(), reason));
    }
  }
}
