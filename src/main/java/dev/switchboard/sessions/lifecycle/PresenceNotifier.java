package dev.switchboard.sessions.lifecycle;

import dev.switchboard.auth.Principal;
import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.SessionClosed;
import dev.switchboard.bus.SessionOpened;
import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.session.Session;
import io.vertx.core.Vertx;

/** Tells presence which people have a socket; those of streams and visitors do not count. */
public final class PresenceNotifier {
  private final Vertx vertx;

  public PresenceNotifier(Vertx vertx) {
    this.vertx = vertx;
  }

  /** The session is live now. */
  public void opened(Session session) {
    Principal.User user = session.atSocket();
    if (user != null) {
      Addresses.SESSION_OPENED.send(
          vertx, new SessionOpened(session.id(), user.tenant(), user.user()));
    }
  }

  /** The session is about to be closed; who was never told of is not told of now. */
  void closed(Session session, SessionClosed.Reason reason) {
    Principal.User user = session.atSocket();
    if (user != null && session.isLive()) {
      Addresses.SESSION_CLOSED.send(
          vertx, new SessionClosed(session.id(), user.tenant(), user.user(), reason));
    }
  }

  /** What presence is told of an end that the server chose. */
  static SessionClosed.Reason toldOf(CloseReason reason) {
    return switch (reason) {
      case DRAINING -> SessionClosed.Reason.DRAINED;
      case NO_HEARTBEAT -> SessionClosed.Reason.TIMEOUT;
      case DISCONNECTED -> SessionClosed.Reason.KICKED;
      default -> SessionClosed.Reason.CLOSED;
    };
  }
}
