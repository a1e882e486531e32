package dev.switchboard.bus;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;

/** A user's session, told of as {@link SessionOpened} before, is gone. */
public record SessionClosed(String session, TenantId tenant, UserId user, Reason reason) {

  /** What ended it, as far as others care. */
  public enum Reason {
    /** The client left, or was refused. */
    CLOSED,
    /** Nothing was heard of it any more. */
    TIMEOUT,
    /** Somebody else ended it. */
    KICKED,
    /** This node stops; the client is to come back elsewhere. */
    DRAINED
  }
}
