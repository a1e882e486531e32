package dev.switchboard.presence;

import dev.switchboard.bus.SessionClosed.Reason;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.presence.PresenceStore.Asserted;
import dev.switchboard.presence.PresenceTable.Claim;
import dev.switchboard.presence.PresenceTable.Ended;
import io.vertx.core.Future;
import java.util.List;

/**
 * Answers who is online, and keeps devices without a socket alive. One per event loop, over that
 * loop's store.
 */
public final class PresenceService {
  private static final List<String> THE_ONE = List.of("api");

  private final PresenceStore store;
  private final ChangePublisher driver;
  private final PresenceQueries presenceQueries;

  /** Over parts of the same event loop. */
  public PresenceService(PresenceStore store, ChangePublisher driver) {
    this.store = store;
    this.driver = driver;
    this.presenceQueries = new PresenceQueries(store::read);
  }

  /** Ids of all users of the tenant who are online. */
  public Future<List<String>> online(TenantId tenant) {
    return store.online(tenant);
  }

  /** How these users stand, in their order. */
  public Future<List<UserPresence>> ask(TenantId tenant, List<UserId> users) {
    return users.isEmpty() ? Future.succeededFuture(List.of()) : presenceQueries.ask(tenant, users);
  }

  /** A device without a socket is alive; it must say so again within a lease. */
  public Future<Void> deviceAlive(TenantId tenant, UserId user) {
    return store
        .register(List.of(tenant))
        .compose(
            noted ->
                store.claim(
                    tenant,
                    PresenceStore.DEVICE,
                    PresenceStore.UNNUMBERED,
                    List.of(new Claim(user, THE_ONE))))
        .compose(
            answer -> {
              if (!(answer instanceof Asserted.Held held)) {
                return Future.failedFuture(new IllegalStateException("a device was fenced"));
              }
              driver.drive(tenant, held.waiting());
              return store.project(tenant, List.of(user), held.nowMillis());
            });
  }

  /** The device is gone; live sockets are untouched. */
  public Future<Void> deviceGone(TenantId tenant, UserId user) {
    return store.close(
        tenant,
        PresenceStore.DEVICE,
        PresenceStore.UNNUMBERED,
        List.of(new Ended(user, THE_ONE.get(0), Reason.CLOSED)));
  }
}
