package dev.switchboard.presence;

import dev.switchboard.event.Reason;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.presence.PresenceStore.Check;
import dev.switchboard.presence.PresenceStore.UnsentChanges;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks every tenant: sets users offline whose leases or grace period have ended, forgets
 * incarnations of nodes whose leases have ended, and publishes changes that were not published.
 * Every node runs one; doing the same work more than once has no effect.
 *
 * <p>Each tenant has a guard of its own, because in a cluster each has a master of its own. That of
 * a tenant registered since the last check does not start from nothing: all its data is younger
 * than that check, so it continues the guard of the list of tenants. Otherwise the first users of a
 * tenant would stay online for a whole lease after they left.
 *
 * <p>Belongs to one event loop.
 */
final class Reaper {
  private static final Logger log = LoggerFactory.getLogger(Reaper.class);
  private static final int TENANTS_AT_ONCE = 16;

  /** Younger changes are still being published by the node that made them. */
  private static final long LEFT_BEHIND_MILLIS = 3_000;

  private final PresenceStore store;
  private final Predicate<TenantId> ownWritesFail;
  private final ChangePublisher publisher;
  private final LeaseTimes times;
  private final LongSupplier millis;
  private final ReaperGuard listGuard;
  private final Map<TenantId, ReaperGuard> guards = new HashMap<>();

  /**
   * For a store of the same event loop.
   *
   * @param ownWritesFail whether this node's own writes for a tenant fail now
   * @param millis a clock that only measures how much time has passed, in ms
   */
  Reaper(
      PresenceStore store,
      Predicate<TenantId> ownWritesFail,
      ChangePublisher publisher,
      LeaseTimes times,
      LongSupplier millis) {
    this.store = store;
    this.ownWritesFail = ownWritesFail;
    this.publisher = publisher;
    this.times = times;
    this.millis = millis;
    this.listGuard = new ReaperGuard(times);
  }

  /** Checks all tenants once; never fails. */
  Future<Void> round() {
    return store
        .tenants()
        .onSuccess(this::listed)
        .onFailure(failure -> listFailed())
        .compose(tenants -> checkSome(tenants.iterator()))
        .onFailure(
            failure ->
                log.atDebug()
                    .addKeyValue("reason", Reason.of(failure))
                    .log("Can't check who is gone; the next round will"))
        .otherwiseEmpty();
  }

  private void listed(List<TenantId> tenants) {
    boolean unused = listGuard.answered(millis.getAsLong());
    // A tenant with data leaves the list only when Redis has lost that list; the tenant then comes
    // back as if it were new.
    if (guards.keySet().retainAll(Set.copyOf(tenants))) {
      listGuard.failed();
    }
  }

  private void listFailed() {
    listGuard.failed();
    guards.values().forEach(ReaperGuard::failed);
  }

  private Future<Void> checkSome(Iterator<TenantId> tenants) {
    List<Future<Void>> checks = new ArrayList<>();
    while (tenants.hasNext() && checks.size() < TENANTS_AT_ONCE) {
      checks.add(check(tenants.next()));
    }
    return checks.isEmpty()
        ? Future.succeededFuture()
        : Future.join(checks).otherwiseEmpty().compose(done -> checkSome(tenants));
  }

  private Future<Void> check(TenantId tenant) {
    boolean isNew = !guards.containsKey(tenant);
    ReaperGuard guard = guards.computeIfAbsent(tenant, added -> new ReaperGuard(times));
    if (ownWritesFail.test(tenant)) {
      guard.failed();
      return Future.succeededFuture();
    }
    return store
        .check(tenant)
        .onSuccess(check -> startIf(isNew, guard, check))
        .compose(check -> act(tenant, guard, check))
        .onFailure(failure -> guard.failed());
  }

  private void startIf(boolean isNew, ReaperGuard guard, Check check) {
    if (isNew) {
      guard.startWith(check.nowMillis(), listGuard.remaining(millis.getAsLong()));
    }
  }

  private Future<Void> act(TenantId tenant, ReaperGuard guard, Check check) {
    boolean mayAct = guard.answered(check.nowMillis());
    publisher.publish(tenant, leftBehind(check));
    if (check.size() == 0) {
      guards.remove(tenant); // users who come from now on are new data
      return store.forget(tenant);
    }
    if (!mayAct || !check.hasWork()) {
      return Future.succeededFuture();
    }
    return store
        .reap(tenant, check.nowMillis(), check.due())
        .compose(gone -> wentOffline(tenant, gone))
        .compose(done -> checkAgain(tenant, guard));
  }

  /** Repeats the check until no user is due: each check returns a limited number of users. */
  private Future<Void> checkAgain(TenantId tenant, ReaperGuard guard) {
    return store
        .check(tenant)
        .compose(
            check -> check.due().isEmpty() ? Future.succeededFuture() : act(tenant, guard, check));
  }

  private Future<Void> wentOffline(TenantId tenant, List<UnsentChanges> gone) {
    publisher.publish(tenant, gone);
    List<UserId> users = gone.stream().map(UnsentChanges::user).toList();
    return users.isEmpty() ? Future.succeededFuture() : store.deleteSignsOfLife(tenant, users);
  }

  private static List<UnsentChanges> leftBehind(Check check) {
    long newest = check.nowMillis() - LEFT_BEHIND_MILLIS;
    return check.unsent().stream()
        .filter(
            unsent -> !unsent.changes().isEmpty() && unsent.changes().get(0).generation() <= newest)
        .toList();
  }
}
