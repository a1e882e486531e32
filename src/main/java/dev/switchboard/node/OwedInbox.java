package dev.switchboard.node;

import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.inbox.InboxStore;
import dev.switchboard.ingest.OfflineInbox;
import dev.switchboard.redis.ControlChannel;
import io.vertx.core.Future;
import java.time.Instant;

/** Lets ingest store for users, and tell their sessions on every node. */
record OwedInbox(InboxStore store, ControlChannel orders) implements OfflineInbox {
  @Override
  public Future<Boolean> append(TenantId tenant, UserId user, EventId event, byte[] tail) {
    return store.append(tenant, user, event, tail);
  }

  @Override
  public void announce(TenantId tenant, UserId user) {
    Future<Instant> unused = orders.readInbox(tenant, user);
  }
}
