package dev.switchboard.node;

import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.inbox.InboxStore;
import dev.switchboard.sessions.lifecycle.SessionInbox;
import io.vertx.core.Future;
import java.util.List;

/** Lets sessions give out what the inbox holds. */
record InboxAccess(InboxStore store) implements SessionInbox {
  @Override
  public Future<List<Message>> read(TenantId tenant, UserId user, long after) {
    return store
        .read(tenant, user, after)
        .map(
            page ->
                page.stream()
                    .map(found -> new Message(found.number(), found.event(), found.envelope()))
                    .toList());
  }

  @Override
  public Future<Void> remove(TenantId tenant, UserId user, List<EventId> events) {
    return store.remove(tenant, user, events).mapEmpty();
  }
}
