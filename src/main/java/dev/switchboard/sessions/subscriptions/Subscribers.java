package dev.switchboard.sessions.subscriptions;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.LogId;
import dev.switchboard.event.TenantId;
import dev.switchboard.sessions.session.EventFilter;
import dev.switchboard.sessions.session.LogSubscription.Live;
import dev.switchboard.sessions.session.Session;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Index of the {@link Live} subscriptions of one hub's sessions, by tenant: no event ever looks at
 * another tenant's sessions. Derived from the sessions, and updated wherever a subscription moves
 * to or from that state.
 */
public final class Subscribers {
  private final Map<TenantId, TenantSubscribers> tenants = new HashMap<>();

  /** The tenant's live subscribers; null if there are none. */
  @Nullable TenantSubscribers of(TenantId tenant) {
    return tenants.get(tenant);
  }

  /** Adds a session whose subscription to {@code log} became live. */
  void add(Session session, LogId log) {
    TenantSubscribers tenant =
        tenants.computeIfAbsent(log.tenant(), unheard -> new TenantSubscribers());
    if (log.topic() != null) {
      tenant.addToTopic(session, log.topic());
    } else {
      tenant.add(session, requireNonNull(session.principal()));
    }
  }

  /** Removes a session whose subscription to {@code log} was live and no longer is. */
  void remove(Session session, LogId log) {
    TenantSubscribers tenant = requireNonNull(tenants.get(log.tenant()));
    if (log.topic() != null) {
      tenant.removeFromTopic(session, log.topic());
    } else {
      tenant.remove(session, requireNonNull(session.principal()));
    }
    if (tenant.isEmpty()) {
      tenants.remove(log.tenant());
    }
  }

  /** Changes the filter of a session, and moves it to the group of that filter. */
  public void setFilter(Session session, EventFilter filter) {
    Principal.Participant principal = requireNonNull(session.principal());
    if (!session.logs().isLive(LogId.ofTenant(principal.tenant()))) {
      session.filter(filter);
      return;
    }
    TenantSubscribers tenant = requireNonNull(tenants.get(principal.tenant()));
    tenant.remove(session, principal);
    session.filter(filter);
    tenant.add(session, principal);
  }
}
