package dev.switchboard.sessions.subscriptions;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.LogId;
import dev.switchboard.event.TenantId;
import dev.switchboard.sessions.session.EventFilter;
import dev.switchboard.sessions.session.Session;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where live sessions of one hub stand: one room per tenant, and nobody in another's. */
public final class Subscribers {
  private final Map<TenantId, TenantSubscribers> subscribers = new HashMap<>();

  /** Null if nobody stands there. */
  @Nullable TenantSubscribers of(TenantId tenant) {
    return subscribers.get(tenant);
  }

  /** Whether it gets the log's events live. */
  public boolean hasJoined(Session session, LogId log) {
    Principal.Participant who = session.who();
    TenantSubscribers tenantSubscribers = subscribers.get(log.tenant());
    if (tenantSubscribers == null || who == null) {
      return false;
    }
    return log.topic() != null
        ? tenantSubscribers.holdsOnTopic(session, log.topic())
        : tenantSubscribers.holds(session, who);
  }

  /** The session has caught up with the log; to join twice changes nothing. */
  void join(Session session, LogId log) {
    Principal.Participant who = requireNonNull(session.who());
    TenantSubscribers tenantSubscribers =
        subscribers.computeIfAbsent(log.tenant(), tenant -> new TenantSubscribers());
    if (log.topic() != null) {
      tenantSubscribers.joinTopic(session, log.topic());
    } else if (!tenantSubscribers.holds(session, who)) {
      tenantSubscribers.join(session, who);
    }
  }

  /** It no longer gets the log's events live. */
  public void leave(Session session, LogId log) {
    Principal.Participant who = session.who();
    TenantSubscribers tenantSubscribers = subscribers.get(log.tenant());
    if (tenantSubscribers == null) {
      return;
    }
    if (log.topic() != null) {
      tenantSubscribers.leaveTopic(session, log.topic());
    } else if (who != null) {
      tenantSubscribers.leave(session, who);
    }
    if (tenantSubscribers.isEmpty()) {
      subscribers.remove(log.tenant());
    }
  }

  /** Changes its filter, and with it its place in the room. */
  public void refilter(Session session, EventFilter filter) {
    Principal.Participant who = requireNonNull(session.who());
    TenantSubscribers tenantSubscribers = subscribers.get(who.tenant());
    if (tenantSubscribers == null || !tenantSubscribers.holds(session, who)) {
      session.filter(filter);
      return;
    }
    tenantSubscribers.leave(session, who);
    session.filter(filter);
    tenantSubscribers.join(session, who);
  }
}
