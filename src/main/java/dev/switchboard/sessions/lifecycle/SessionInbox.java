package dev.switchboard.sessions.lifecycle;

import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import io.vertx.core.Future;
import java.util.List;

/** What sessions need of their users' inboxes. */
public interface SessionInbox {
  /**
   * A stored message.
   *
   * @param number rises with every message of the user
   */
  record Message(long number, EventId event, byte[] envelope) {}

  /** A page of what waits behind a number, oldest first; empty at the end. */
  Future<List<Message>> read(TenantId tenant, UserId user, long after);

  /** Removes exactly these messages: their receipt is proven. */
  Future<Void> remove(TenantId tenant, UserId user, List<EventId> events);
}
