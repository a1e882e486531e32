package dev.switchboard.sessions;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.config.SwitchboardConfig.Sessions;
import dev.switchboard.event.TenantId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** How many sessions the node has, over all its event loops, and why they ended. */
public final class SessionCount {
  private final AtomicInteger open = new AtomicInteger();
  private final ConcurrentMap<TenantId, Integer> tenants = new ConcurrentHashMap<>();
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

  boolean hasRoomFor(Principal.Participant who, Sessions bounds) {
    return tenants.getOrDefault(who.tenant(), 0) < bounds.maxPerTenant()
        && users.getOrDefault(userKey(who), 0) < bounds.maxPerUser();
  }

  /** A visitor counts for its chat. */
  private static String userKey(Principal.Participant who) {
    return who instanceof Principal.Visitor visitor
        ? who.tenant() + "/visitor/" + visitor.chatSession()
        : who.tenant() + "/user/" + who.user();
  }

  void entered(Principal.Participant who) {
    tenants.merge(who.tenant(), 1, Integer::sum);
    users.merge(userKey(who), 1, Integer::sum);
  }

  void left(Principal.Participant who) {
    tenants.computeIfPresent(who.tenant(), (tenant, n) -> n == 1 ? null : n - 1);
    users.computeIfPresent(userKey(who), (user, n) -> n == 1 ? null : n - 1);
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
