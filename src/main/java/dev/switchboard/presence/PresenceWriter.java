package dev.switchboard.presence;

import dev.switchboard.event.TenantId;
import dev.switchboard.presence.PresenceStore.Asserted;
import dev.switchboard.presence.PresenceTable.Claim;
import dev.switchboard.presence.PresenceTable.Work;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings Redis up to date with the table, one flush at a time: what changes meanwhile goes with the
 * next. What fails stays in the table for the next heartbeat. Belongs to one event loop.
 */
final class PresenceWriter {
  private static final Logger log = LoggerFactory.getLogger(PresenceWriter.class);
  private static final int USERS_PER_CALL = 100;
  private static final int TENANTS_AT_ONCE = 16;

  private final PresenceTable table;
  private final PresenceStore store;
  private final ChangePublisher driver;
  private final Set<TenantId> registered = new HashSet<>();
  private @Nullable Future<Void> running;
  private boolean wantedAgain;
  private boolean failing;

  PresenceWriter(PresenceTable table, PresenceStore store, ChangePublisher driver) {
    this.table = table;
    this.store = store;
    this.driver = driver;
  }

  /** Notes the tenants again with the next flush: Redis may have lost the note. */
  void registerAgain() {
    registered.clear();
  }

  /** Writes what the table holds; never fails. */
  Future<Void> flush() {
    if (running != null) {
      wantedAgain = true;
      return running;
    }
    Future<Void> flushing =
        register()
            .compose(noted -> writeSome(table.tenants().iterator()))
            .onComplete(done -> note(done.cause()))
            .otherwiseEmpty();
    running = flushing;
    return flushing.onComplete(
        done -> {
          running = null;
          if (wantedAgain && !failing) {
            wantedAgain = false;
            Future<Void> unused = flush();
          }
        });
  }

  private Future<Void> register() {
    List<TenantId> fresh =
        table.tenants().stream().filter(tenant -> !registered.contains(tenant)).toList();
    if (fresh.isEmpty()) {
      return Future.succeededFuture();
    }
    return store.register(fresh).onSuccess(noted -> registered.addAll(fresh));
  }

  /** A few tenants side by side, then the next ones; the first failure ends the flush. */
  private Future<Void> writeSome(Iterator<TenantId> tenants) {
    List<Future<Void>> side = new ArrayList<>();
    while (tenants.hasNext() && side.size() < TENANTS_AT_ONCE) {
      TenantId tenant = tenants.next();
      if (registered.contains(tenant)) {
        side.add(write(tenant));
      }
    }
    return side.isEmpty()
        ? Future.succeededFuture()
        : Future.join(side).compose(done -> writeSome(tenants));
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

  /** Answers whether the claims stand. */
  private Future<Boolean> claim(Work work) {
    if (work.claims().isEmpty()) {
      return Future.succeededFuture(true);
    }
    return store
        .claim(work.tenant(), work.incarnation(), work.number(), work.claims())
        .compose(answer -> claimed(work, answer));
  }

  private Future<Boolean> claimed(Work work, Asserted answer) {
    if (!(answer instanceof Asserted.Held held)) {
      table.fenced(work);
      log.atWarn()
          .addKeyValue("tenantId", work.tenant())
          .log(
              "Redis does not know this node's claims: it was declared dead meanwhile, or its first"
                  + " claim was lost; its sessions are claimed anew");
      return Future.succeededFuture(false);
    }
    table.asserted(work);
    driver.drive(work.tenant(), held.waiting());
    return store
        .project(work.tenant(), work.claims().stream().map(Claim::user).toList(), held.nowMillis())
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

  private void note(@Nullable Throwable failure) {
    if (failure != null && !failing) {
      log.atWarn()
          .addKeyValue("reason", String.valueOf(failure.getMessage()))
          .log("Presence can't be written now; heartbeats go on trying");
    }
    failing = failure != null;
  }
}
