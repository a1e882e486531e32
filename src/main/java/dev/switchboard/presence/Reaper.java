package dev.switchboard.presence;

import dev.switchboard.config.SwitchboardConfig.Presence;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.presence.PresenceStore.Look;
import dev.switchboard.presence.PresenceStore.Waiting;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after every tenant: lets go users whose leases or grace have ended, and has changes told
 * that nobody told. Every node runs one; that several do the same does no harm.
 */
final class Reaper {
  private static final Logger log = LoggerFactory.getLogger(Reaper.class);
  private static final int TENANTS_AT_ONCE = 16;

  /** Younger changes are still being told by whoever made them. */
  private static final long LEFT_BEHIND_MILLIS = 3_000;

  private final PresenceStore store;
  private final ChangeDriver driver;
  private final Presence config;
  private final Map<TenantId, Evidence> evidence = new HashMap<>();

  Reaper(PresenceStore store, ChangeDriver driver, Presence config) {
    this.store = store;
    this.driver = driver;
    this.config = config;
  }

  /** One look at all tenants; never fails. */
  Future<Void> round() {
    return store
        .tenants()
        .onSuccess(tenants -> evidence.keySet().retainAll(tenants))
        .onFailure(failure -> evidence.values().forEach(Evidence::gap))
        .compose(tenants -> lookAtSome(tenants.iterator()))
        .onFailure(
            failure ->
                log.atDebug()
                    .addKeyValue("reason", String.valueOf(failure.getMessage()))
                    .log("Can't look for users who are gone; the next round will"))
        .otherwiseEmpty();
  }

  private Future<Void> lookAtSome(Iterator<TenantId> tenants) {
    List<Future<Void>> side = new ArrayList<>();
    while (tenants.hasNext() && side.size() < TENANTS_AT_ONCE) {
      side.add(lookAt(tenants.next()));
    }
    return side.isEmpty()
        ? Future.succeededFuture()
        : Future.join(side).otherwiseEmpty().compose(done -> lookAtSome(tenants));
  }

  private Future<Void> lookAt(TenantId tenant) {
    Evidence seen =
        evidence.computeIfAbsent(
            tenant, fresh -> new Evidence(config.lease().toMillis(), config.reaper().toMillis()));
    return store
        .look(tenant)
        .onFailure(failure -> seen.gap())
        .compose(look -> act(tenant, seen, look));
  }

  private Future<Void> act(TenantId tenant, Evidence seen, Look look) {
    boolean mayJudge = seen.answered(look.nowMillis());
    driver.drive(tenant, leftBehind(look));
    if (look.size() == 0) {
      return store.forget(tenant);
    }
    if (!mayJudge || look.due().isEmpty()) {
      return Future.succeededFuture();
    }
    return store
        .reap(tenant, look.nowMillis(), look.due())
        .compose(gone -> letGo(tenant, gone))
        .compose(done -> look(tenant, seen));
  }

  /** Again, until nobody is due: each look returns a bounded number of users. */
  private Future<Void> look(TenantId tenant, Evidence seen) {
    return store
        .look(tenant)
        .onFailure(failure -> seen.gap())
        .compose(look -> look.due().isEmpty() ? Future.succeededFuture() : act(tenant, seen, look));
  }

  private Future<Void> letGo(TenantId tenant, List<Waiting> gone) {
    driver.drive(tenant, gone);
    List<UserId> users = gone.stream().map(Waiting::user).toList();
    return users.isEmpty() ? Future.succeededFuture() : store.unproject(tenant, users);
  }

  private static List<Waiting> leftBehind(Look look) {
    return look.waiting().stream()
        .filter(
            waiting ->
                !waiting.changes().isEmpty()
                    && waiting.changes().get(0).generation()
                        <= look.nowMillis() - LEFT_BEHIND_MILLIS)
        .toList();
  }
}
