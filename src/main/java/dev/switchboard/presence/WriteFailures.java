package dev.switchboard.presence;

import dev.switchboard.event.Reason;
import dev.switchboard.event.TenantId;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tenants whose presence can't be written now. Logs an outage once, however many tenants it
 * hits, and once for each tenant that has a key of a foreign type. Belongs to one event loop.
 */
final class WriteFailures {
  private static final Logger log = LoggerFactory.getLogger(WriteFailures.class);
  private static final String WRONG_TYPE = "WRONGTYPE";

  private final Set<TenantId> failing = new HashSet<>();
  private final Set<TenantId> wrongTypes = new HashSet<>();
  private boolean outageLogged;

  boolean contains(TenantId tenant) {
    return failing.contains(tenant);
  }

  boolean isEmpty() {
    return failing.isEmpty();
  }

  /** Records the outcome of a tenant's write; a failure of null is a success. */
  void record(TenantId tenant, @Nullable Throwable failure) {
    if (failure == null) {
      failing.remove(tenant);
      wrongTypes.remove(tenant);
      logEnd();
    } else if (String.valueOf(failure.getMessage()).contains(WRONG_TYPE)) {
      failing.add(tenant);
      logWrongType(tenant, failure);
    } else {
      failing.add(tenant);
      outage(failure);
    }
  }

  /** Forgets all tenants but these. */
  void retain(Collection<TenantId> tenants) {
    failing.retainAll(tenants);
    wrongTypes.retainAll(tenants);
  }

  private void logWrongType(TenantId tenant, Throwable failure) {
    if (wrongTypes.add(tenant)) {
      log.atWarn()
          .addKeyValue("tenantId", tenant)
          .addKeyValue("reason", Reason.of(failure))
          .log(
              "The tenant's presence can't be written: a key of it in Redis has another type than"
                  + " the documentation lists. Delete or rename that key");
    }
  }

  /** Logs a failure that is not one tenant's, unless an outage is logged already. */
  void outage(Throwable failure) {
    if (!outageLogged) {
      outageLogged = true;
      log.atWarn()
          .addKeyValue("reason", Reason.of(failure))
          .log("Presence can't be written; heartbeats try again");
    }
  }

  private void logEnd() {
    if (outageLogged && failing.size() == wrongTypes.size()) {
      outageLogged = false;
      log.info("Presence is written again");
    }
  }
}
