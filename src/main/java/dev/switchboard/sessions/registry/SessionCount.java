package dev.switchboard.sessions.registry;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.config.SessionsConfig;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.CloseReason;
import dev.switchboard.event.ProtocolFault;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts the sessions of the node, by tenant and user, and why the server ended them. Shared by all
 * event loops.
 */
public final class SessionCount {
  private final AtomicInteger open = new AtomicInteger();
  private final ConcurrentMap<TenantId, Integer> tenants = new ConcurrentHashMap<>();
  private final ConcurrentMap<TenantId, Integer> visitors = new ConcurrentHashMap<>();
  private final AtomicInteger allVisitors = new AtomicInteger();
  private final AtomicInteger streams = new AtomicInteger();
  private final LongAdder sent = new LongAdder();
  private final ConcurrentMap<Owner, Integer> owners = new ConcurrentHashMap<>();
  private final Map<CloseReason, Counter> ended = new EnumMap<>(CloseReason.class);
  private final Map<ProtocolFault, Counter> failed = new EnumMap<>(ProtocolFault.class);
  private final SessionMeters meters;

  /** Registers the metrics. */
  public SessionCount(MeterRegistry metrics) {
    meters = new SessionMeters(metrics);
    Gauge unused =
        Gauge.builder("switchboard.sessions", open, AtomicInteger::get)
            .description("Live sessions on this node")
            .register(metrics);
    for (CloseReason reason : CloseReason.values()) {
      ended.put(reason, endedFor(reason.name(), metrics));
    }
    for (ProtocolFault fault : ProtocolFault.values()) {
      failed.put(fault, endedFor(fault.name(), metrics));
    }
  }

  private static Counter endedFor(String reason, MeterRegistry metrics) {
    return Counter.builder("switchboard.sessions.ended")
        .description("Sessions ended by the server")
        .tag("reason", reason)
        .register(metrics);
  }

  /** The metrics that need no count of its own. */
  SessionMeters meters() {
    return meters;
  }

  /** Open sessions, authenticated or not. */
  public int now() {
    return open.get();
  }

  /** Authenticated sessions of the tenant. */
  public int of(TenantId tenant) {
    return tenants.getOrDefault(tenant, 0);
  }

  /**
   * Open sessions by their connection.
   *
   * @param webSockets sockets of users, and those that are not authenticated yet
   * @param streams streams of server-sent events
   * @param visitors sockets of visitors
   */
  public record ByConnection(int webSockets, int streams, int visitors) {}

  /** Open sessions by their connection; the counts are not read at one moment. */
  public ByConnection byConnection() {
    int streamsNow = streams.get();
    int visitorsNow = allVisitors.get();
    return new ByConnection(
        Math.max(0, open.get() - streamsNow - visitorsNow), streamsNow, visitorsNow);
  }

  /** Messages that sessions of this node were sent since it started. */
  public long sent() {
    return sent.sum();
  }

  /** Authenticated sessions of each tenant. */
  public Map<TenantId, Integer> byTenant() {
    return Map.copyOf(tenants);
  }

  /**
   * Whether the principal and its tenant may have one more session. Event loops ask concurrently,
   * so that a bound may be exceeded by a few.
   */
  public boolean allowsOneMore(Principal.Participant principal, SessionsConfig config) {
    TenantId tenant = principal.tenant();
    return tenants.getOrDefault(tenant, 0) < config.maxPerTenant()
        && (config.replaceOldest()
            || owners.getOrDefault(Owner.of(principal), 0) < config.maxPerUser())
        && (principal instanceof Principal.User
            || visitors.getOrDefault(tenant, 0) < maxVisitors(config.maxPerTenant(), config));
  }

  /** Whether visitors have all sessions of the node that are not reserved for users. */
  public boolean isFullOfVisitors(SessionsConfig config) {
    return allVisitors.get() >= maxVisitors(config.maxPerNode(), config);
  }

  /** Visitors are anonymous: they must not be able to lock users out. */
  private static long maxVisitors(int maxSessions, SessionsConfig config) {
    return Math.max(1, (long) maxSessions * (100 - config.reservedForUsers()) / 100);
  }

  /** Whose sessions are counted together: a user, or the visitor of a chat. */
  record Owner(TenantId tenant, @Nullable UserId user, @Nullable ChatSessionId chat) {
    static Owner of(Principal.Participant principal) {
      return principal instanceof Principal.Visitor visitor
          ? new Owner(principal.tenant(), null, visitor.chatSession())
          : new Owner(principal.tenant(), principal.user(), null);
    }
  }

  /** Counts an authenticated session. */
  public void entered(Principal.Participant principal) {
    tenants.merge(principal.tenant(), 1, Integer::sum);
    if (principal instanceof Principal.Visitor) {
      visitors.merge(principal.tenant(), 1, Integer::sum);
      int unused = allVisitors.incrementAndGet();
    }
    owners.merge(Owner.of(principal), 1, Integer::sum);
  }

  void left(Principal.Participant principal) {
    tenants.computeIfPresent(principal.tenant(), SessionCount::oneLess);
    owners.computeIfPresent(Owner.of(principal), SessionCount::oneLess);
    if (principal instanceof Principal.Visitor) {
      visitors.computeIfPresent(principal.tenant(), SessionCount::oneLess);
      int unused = allVisitors.decrementAndGet();
    }
  }

  private static @Nullable Integer oneLess(Object key, Integer count) {
    return count == 1 ? null : count - 1;
  }

  void opened(boolean isSocket) {
    int unused = open.incrementAndGet();
    if (!isSocket) {
      int unusedStreams = streams.incrementAndGet();
    }
  }

  void closed(boolean isSocket) {
    int unused = open.decrementAndGet();
    if (!isSocket) {
      int unusedStreams = streams.decrementAndGet();
    }
  }

  void countSent(long messages) {
    sent.add(messages);
  }

  void ended(CloseReason reason) {
    requireNonNull(ended.get(reason)).increment();
  }

  void ended(ProtocolFault fault) {
    requireNonNull(failed.get(fault)).increment();
  }
}
