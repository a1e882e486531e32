package dev.switchboard.sessions.lifecycle;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.config.SwitchboardConfig.Sessions;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.CloseReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** How many sessions the node has, over all its event loops, and why they ended. */
public final class SessionCount {
  private final AtomicInteger open = new AtomicInteger();
  private final ConcurrentMap<TenantId, Integer> tenants = new ConcurrentHashMap<>();
  private final ConcurrentMap<TenantId, Integer> visitors = new ConcurrentHashMap<>();
  private final AtomicInteger allVisitors = new AtomicInteger();
  private final ConcurrentMap<String, Integer> users = new ConcurrentHashMap<>();
  private final Map<CloseReason, Counter> ended = new EnumMap<>(CloseReason.class);

  /** Registers the metrics. */
  public SessionCount(MeterRegistry metrics) {
    Gauge unused =
        Gauge.builder("switchboard.sessions", open, AtomicInteger::get)
            .description("Live sessions on this node")
            .register(metrics);
    for (CloseReason reason : CloseReason.values()) {
      ended.put(
          reason,
          Counter.builder("switchboard.sessions.ended")
              .description("Sessions the server ended")
              .tag("reason", reason.name())
              .register(metrics));
    }
  }

  /** Sessions open now. */
  public int now() {
    return open.get();
  }

  /** Sessions of each tenant that are signed in now. */
  public Map<TenantId, Integer> byTenant() {
    return Map.copyOf(tenants);
  }

  /** Whether its tenant and it itself may have one more; about, as event loops ask at once. */
  public boolean hasRoomFor(Principal.Participant who, Sessions bounds) {
    TenantId tenant = who.tenant();
    return tenants.getOrDefault(tenant, 0) < bounds.maxPerTenant()
        && (bounds.replaceOldest() || users.getOrDefault(userKey(who), 0) < bounds.maxPerUser())
        && (who instanceof Principal.User
            || visitors.getOrDefault(tenant, 0) < forVisitors(bounds.maxPerTenant(), bounds));
  }

  /** Whether visitors have all of the node that is not reserved for users. */
  public boolean isFullOfVisitors(Sessions bounds) {
    return allVisitors.get() >= forVisitors(bounds.maxPerNode(), bounds);
  }

  /** Anybody may be a visitor; strangers must not be able to lock the users out. */
  private static long forVisitors(int most, Sessions bounds) {
    return Math.max(1, (long) most * (100 - bounds.reservedForUsers()) / 100);
  }

  /** A visitor counts for its chat. */
  static String userKey(Principal.Participant who) {
    return who instanceof Principal.Visitor visitor
        ? who.tenant() + "/visitor/" + visitor.chatSession()
        : who.tenant() + "/user/" + who.user();
  }

  public void entered(Principal.Participant who) {
    tenants.merge(who.tenant(), 1, Integer::sum);
    if (who instanceof Principal.Visitor) {
      visitors.merge(who.tenant(), 1, Integer::sum);
      int unused = allVisitors.incrementAndGet();
    }
    users.merge(userKey(who), 1, Integer::sum);
  }

  void left(Principal.Participant who) {
    tenants.computeIfPresent(who.tenant(), SessionCount::oneLess);
    users.computeIfPresent(userKey(who), SessionCount::oneLess);
    if (who instanceof Principal.Visitor) {
      visitors.computeIfPresent(who.tenant(), SessionCount::oneLess);
      int unused = allVisitors.decrementAndGet();
    }
  }

  private static @Nullable Integer oneLess(Object key, Integer count) {
    return count == 1 ? null : count - 1;
  }

  void opened() {
    int unused = open.incrementAndGet();
  }

  void closed() {
    int unused = open.decrementAndGet();
  }

  void ended(CloseReason reason) {
    requireNonNull(ended.get(reason)).increment();
  }
}
