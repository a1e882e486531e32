package dev.switchboard.presence;

import dev.switchboard.event.TenantId;
import dev.switchboard.presence.PresenceStore.ClaimResult;
import dev.switchboard.presence.PresenceTable.Claim;
import dev.switchboard.presence.PresenceTable.Work;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Writes the table's changes to Redis, one flush at a time: what changes meanwhile is written by
 * the next. What fails stays in the table, and the next heartbeat tries again; the failure of one
 * tenant keeps no other tenant from its heartbeats. Belongs to one event loop.
 */
final class PresenceWriter {
  private static final Logger log = LoggerFactory.getLogger(PresenceWriter.class);
  private static final int USERS_PER_CALL = 100;
  private static final int TENANTS_AT_ONCE = 16;

  private final PresenceTable table;
  private final PresenceStore store;
  private final ChangePublisher publisher;
  private final WriteFailures failures = new WriteFailures();
  private final Set<TenantId> registered = new HashSet<>();
  private boolean registrationDue;
  private @Nullable Future<Void> running;
  private boolean flushAgain;

  PresenceWriter(PresenceTable table, PresenceStore store, ChangePublisher publisher) {
    this.table = table;
    this.store = store;
    this.publisher = publisher;
  }

  /** Registers the tenants again with the next flush: Redis may have lost their registration. */
  void registerAgain() {
    registrationDue = true;
  }

  /** Whether the last write for a tenant failed. */
  boolean isFailing(TenantId tenant) {
    return failures.contains(tenant);
  }

  /** Starts to write what the table holds, unless a flush is in flight; then another follows it. */
  void flush() {
    Future<Void> unused = flushed();
  }

  /** The end of the flush that {@link #flush} starts, or of the one in flight; never fails. */
  Future<Void> flushed() {
    if (running != null) {
      flushAgain = true;
      return running;
    }
    Future<Void> flushing =
        register()
            .transform(done -> writeSome(table.tenantsWithWork().iterator()))
            .onComplete(done -> failures.retain(table.tenants()))
            .onFailure(failures::outage)
            .otherwiseEmpty();
    running = flushing;
    return flushing.onComplete(done -> flushEnded());
  }

  private void flushEnded() {
    running = null;
    if (flushAgain && failures.isEmpty()) {
      flushAgain = false;
      flush();
    }
  }

  /** If it fails, tenants that were registered before are written all the same. */
  private Future<Void> register() {
    Collection<TenantId> all = table.tenants();
    List<TenantId> due =
        all.stream().filter(tenant -> registrationDue || !registered.contains(tenant)).toList();
    if (due.isEmpty()) {
      return Future.succeededFuture();
    }
    return store
        .register(due)
        .onSuccess(
            done -> {
              registrationDue = false;
              registered.retainAll(all);
              registered.addAll(due);
            })
        .onFailure(failures::outage);
  }

  /** Writes a few tenants at once, then the next ones; never fails. */
  private Future<Void> writeSome(Iterator<TenantId> tenants) {
    List<Future<Void>> writes = new ArrayList<>();
    while (tenants.hasNext() && writes.size() < TENANTS_AT_ONCE) {
      TenantId tenant = tenants.next();
      if (registered.contains(tenant)) {
        writes.add(writeApart(tenant).onComplete(done -> failures.record(tenant, done.cause())));
      }
    }
    return writes.isEmpty()
        ? Future.succeededFuture()
        : Future.join(writes).transform(done -> writeSome(tenants));
  }

  /** Composed, so that an exception fails this tenant's write alone. */
  private Future<Void> writeApart(TenantId tenant) {
    return Future.succeededFuture().compose(go -> write(tenant));
  }

  private Future<Void> write(TenantId tenant) {
    Work work = table.work(tenant, USERS_PER_CALL);
    if (work == null) {
      return Future.succeededFuture();
    }
    return claim(work)
        .compose(
            held -> held ? close(work).compose(closed -> write(tenant)) : Future.succeededFuture());
  }

  /** Returns whether the claims were accepted. */
  private Future<Boolean> claim(Work work) {
    if (work.claims().isEmpty()) {
      return Future.succeededFuture(true);
    }
    return store
        .claim(work.tenant(), work.incarnation(), work.number(), work.claims())
        .compose(result -> claimed(work, result));
  }

  private Future<Boolean> claimed(Work work, ClaimResult result) {
    if (!(result instanceof ClaimResult.Held held)) {
      boolean wasDeclaredDead = table.fenced(work);
      log.atLevel(wasDeclaredDead ? Level.WARN : Level.DEBUG)
          .addKeyValue("tenantId", work.tenant())
          .log(
              wasDeclaredDead
                  ? "This node was declared dead, as its leases had ended. Its sessions are claimed"
                      + " again"
                  : "The first claim of this node was lost. Its sessions are claimed again");
      return Future.succeededFuture(false);
    }
    table.claimed(work);
    publisher.publish(work.tenant(), held.unsent());
    return store
        .writeSignsOfLife(
            work.tenant(), work.claims().stream().map(Claim::user).toList(), held.nowMillis())
        .map(done -> true);
  }

  private Future<Void> close(Work work) {
    if (work.ended().isEmpty()) {
      return Future.succeededFuture();
    }
    return store
        .close(work.tenant(), work.incarnation(), work.endingNumber(), work.ended())
        .onSuccess(closed -> table.ended(work));
  }
}
