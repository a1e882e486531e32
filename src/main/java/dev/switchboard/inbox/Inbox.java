package dev.switchboard.inbox;

import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import io.vertx.core.Future;
import java.util.List;

/** What sessions do with the inboxes of their users. */
public interface Inbox {
  /**
   * Reads a page of the messages with numbers above {@code after}, oldest first; empty at the end.
   */
  Future<List<InboxMessage>> read(TenantId tenant, UserId user, long after);

  /** Removes the messages with these event ids; returns how many the inbox held. */
  Future<Long> remove(TenantId tenant, UserId user, List<EventId> events);
}
