package dev.switchboard.presence;

import dev.switchboard.bus.SessionClosed.Reason;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.presence.PresenceStore.ClaimResult;
import dev.switchboard.presence.PresenceTable.Claim;
import dev.switchboard.presence.PresenceTable.Ended;
import io.vertx.core.Future;
import java.util.List;

/**
 * Answers who is online, and keeps devices without a socket alive. One per event loop, over that
 * loop's store.
 */
public final class PresenceService {
  private static final List<String> DEVICE_SESSIONS = List.of("api");

  private final PresenceStore store;
  private final ChangePublisher publisher;
  private final PresenceQueries queries;

  /** Uses a store and a publisher of the same event loop. */
  public PresenceService(PresenceStore store, ChangePublisher publisher) {
    this.store = store;
    this.publisher = publisher;
    this.queries = new PresenceQueries(store::read);
  }

  /** Ids of all users of the tenant who are online. */
  public Future<List<String>> online(TenantId tenant) {
    return store.online(tenant);
  }

  /** Number of users online of all tenants; costs one command for each tenant. */
  public Future<Long> countOnline() {
    return store.countOnline();
  }

  /** Presence of these users, in their order. */
  public Future<List<UserPresence>> ask(TenantId tenant, List<UserId> users) {
    return users.isEmpty() ? Future.succeededFuture(List.of()) : queries.ask(tenant, users);
  }

  /** Records that a device without a socket is alive; it must report again within a lease. */
  public Future<Void> deviceAlive(TenantId tenant, UserId user) {
    return store
        .register(List.of(tenant))
        .compose(
            registered ->
                store.claim(
                    tenant,
                    PresenceStore.DEVICE,
                    PresenceStore.UNNUMBERED,
                    List.of(new Claim(user, DEVICE_SESSIONS))))
        .compose(
            result -> {
              if (!(result instanceof ClaimResult.Held held)) {
                return Future.failedFuture(new IllegalStateException("a device was fenced"));
              }
              publisher.publish(tenant, held.unsent());
              return store.writeSignsOfLife(tenant, List.of(user), held.nowMillis());
            });
  }

  /** Records that the device is gone; sockets of the user are not affected. */
  public Future<Void> deviceGone(TenantId tenant, UserId user) {
    return store.close(
        tenant,
        PresenceStore.DEVICE,
        PresenceStore.UNNUMBERED,
        List.of(new Ended(user, DEVICE_SESSIONS.get(0), Reason.CLOSED)));
  }
}
