package dev.switchboard.presence;

import dev.switchboard.config.PresenceConfig;
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
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after every tenant: lets go users whose leases or grace have ended, and has changes told
 * that nobody told. Every node runs one; that several do the same does no harm.
 *
 * <p>Each tenant has evidence of its own, because in a cluster each has a master of its own. That
 * of a tenant noted since the last look does not begin from nothing: all of its truth is younger
 * than that look, so it goes by the evidence of the list of tenants. Otherwise the first users of a
 * tenant would stay online for a whole lease after they left.
 */
final class Reaper {
  private static final Logger log = LoggerFactory.getLogger(Reaper.class);
  private static final int TENANTS_AT_ONCE = 16;

  /** Younger changes are still being told by whoever made them. */
  private static final long LEFT_BEHIND_MILLIS = 3_000;

  private final PresenceStore store;
  private final ChangePublisher driver;
  private final PresenceConfig config;
  private final LongSupplier millis;
  private final ReaperGuard list;
  private final Map<TenantId, ReaperGuard> evidence = new HashMap<>();

  /** Over a clock that only measures how much time has passed, in ms. */
  Reaper(PresenceStore store, ChangePublisher driver, PresenceConfig config, LongSupplier millis) {
    this.store = store;
    this.driver = driver;
    this.config = config;
    this.millis = millis;
    this.list = newEvidence();
  }

  private ReaperGuard newEvidence() {
    return new ReaperGuard(config.lease().toMillis(), config.reaper().toMillis());
  }

  /** One look at all tenants; never fails. */
  Future<Void> round() {
    return store
        .tenants()
        .onSuccess(this::listed)
        .onFailure(failure -> unlisted())
        .compose(tenants -> lookAtSome(tenants.iterator()))
        .onFailure(
            failure ->
                log.atDebug()
                    .addKeyValue("reason", String.valueOf(failure.getMessage()))
                    .log("Can't look for users who are gone; the next round will"))
        .otherwiseEmpty();
  }

  private void listed(List<TenantId> tenants) {
    boolean unused = list.answered(millis.getAsLong());
    // A tenant with a truth leaves the list only when Redis has lost that, and then comes back as
    // if it were new.
    if (evidence.keySet().retainAll(Set.copyOf(tenants))) {
      list.gap();
    }
  }

  private void unlisted() {
    list.gap();
    evidence.values().forEach(ReaperGuard::gap);
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
    boolean isNew = !evidence.containsKey(tenant);
    ReaperGuard seen = evidence.computeIfAbsent(tenant, noted -> newEvidence());
    return store
        .look(tenant)
        .onFailure(failure -> seen.gap())
        .onSuccess(look -> beginIf(isNew, seen, look))
        .compose(look -> act(tenant, seen, look));
  }

  private void beginIf(boolean isNew, ReaperGuard seen, Look look) {
    if (isNew) {
      seen.begin(look.nowMillis(), list.owed(millis.getAsLong()));
    }
  }

  private Future<Void> act(TenantId tenant, ReaperGuard seen, Look look) {
    boolean mayJudge = seen.answered(look.nowMillis());
    driver.drive(tenant, leftBehind(look));
    if (look.size() == 0) {
      evidence.remove(tenant); // whoever comes now begins a new truth
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
  private Future<Void> look(TenantId tenant, ReaperGuard seen) {
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
