package dev.switchboard.bus;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;

/** A user's session ended, for which {@link SessionOpened} was sent before. */
public record SessionClosed(String session, TenantId tenant, UserId user, Reason reason) {

  /** Why it ended, as presence reports it. */
  public enum Reason {
    /** The client closed it, or was refused. */
    CLOSED,
    /** Nothing arrived from the client for too long. */
    TIMEOUT,
    /** A command disconnected the user. */
    KICKED,
    /** This node stops; the client reconnects to another one. */
    DRAINED
  }
}
