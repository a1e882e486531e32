package dev.switchboard.presence;

import dev.switchboard.bus.SessionClosed.Reason;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of this node, and what of them Redis must still be told: users whose leases want
 * asserting, and sessions that ended. Pure state of one event loop.
 */
final class PresenceTable {
  private static final long FIRST_CALL = 1;
  private static final int CALLS_PER_WORK = 2;

  private final HeartbeatRound round;
  private final Supplier<String> incarnations;
  private final Map<TenantId, Tenant> tenants = new LinkedHashMap<>();

  PresenceTable(int slices, Supplier<String> incarnations) {
    this.round = new HeartbeatRound(slices);
    this.incarnations = incarnations;
  }

  /** A session that ended. */
  record Ended(UserId user, String session, Reason reason) {}

  /** A user's sessions to assert. */
  record Claim(UserId user, List<String> sessions) {
    Claim {
      sessions = List.copyOf(sessions);
    }
  }

  /**
   * What one tenant's truth must be told next.
   *
   * @param number of the call among those of the incarnation; later ones are greater
   */
  record Work(
      TenantId tenant, String incarnation, long number, List<Claim> claims, List<Ended> ended) {
    Work {
      claims = List.copyOf(claims);
      ended = List.copyOf(ended);
    }

    /** Number of the call that ends sessions, behind the one that claims. */
    long endingNumber() {
      return number + 1;
    }
  }

  /** A user with sessions here. */
  private record Member(HeartbeatRound.Group group, Set<String> sessions) {}

  private static final class Tenant {
    private String incarnation;
    private long nextCall = FIRST_CALL;
    private final Map<UserId, Member> users = new HashMap<>();
    private final Set<UserId> dirty = new LinkedHashSet<>();
    private final Map<String, Ended> ended = new LinkedHashMap<>();

    Tenant(String incarnation) {
      this.incarnation = incarnation;
    }

    Set<String> sessionsOf(UserId user) {
      Member member = users.get(user);
      return member == null ? Set.of() : member.sessions();
    }

    boolean isEmpty() {
      return ended.isEmpty() && dirty.isEmpty() && users.isEmpty();
    }
  }

  void opened(TenantId id, UserId user, String session) {
    Tenant tenant = tenants.computeIfAbsent(id, fresh -> new Tenant(incarnations.get()));
    Member member =
        tenant.users.computeIfAbsent(
            user, fresh -> new Member(round.join(id, user), new HashSet<>(2)));
    boolean unused = member.sessions().add(session);
    tenant.dirty.add(user);
  }

  void closed(TenantId id, UserId user, String session, Reason reason) {
    Tenant tenant = tenants.get(id);
    Member member = tenant == null ? null : tenant.users.get(user);
    if (tenant == null || member == null || !member.sessions().remove(session)) {
      return;
    }
    if (member.sessions().isEmpty()) {
      tenant.users.remove(user);
      tenant.dirty.remove(user);
      round.leave(member.group(), user);
    }
    tenant.ended.put(session, new Ended(user, session, reason));
  }

  /** The leases of one slice's users are due for a heartbeat. */
  void beat(int slice) {
    for (HeartbeatRound.Group group : round.due(slice)) {
      Tenant tenant = tenants.get(group.tenant());
      if (tenant != null) {
        tenant.dirty.addAll(group.users());
      }
    }
  }

  /** Tenants of which this node has sessions. */
  Collection<TenantId> tenants() {
    return List.copyOf(tenants.keySet());
  }

  /** Sessions of this node. */
  int size() {
    int sessions = 0;
    for (Tenant tenant : tenants.values()) {
      for (Member member : tenant.users.values()) {
        sessions += member.sessions().size();
      }
    }
    return sessions;
  }

  /** What the tenant's truth must be told, at most so many users; null if nothing. */
  @Nullable Work work(TenantId id, int most) {
    Tenant tenant = tenants.get(id);
    if (tenant == null) {
      return null;
    }
    List<Claim> claims =
        tenant.dirty.stream()
            .limit(most)
            .map(user -> new Claim(user, List.copyOf(tenant.sessionsOf(user))))
            .toList();
    // Assertions go first: a page that reloads has its new session before its old one ends.
    List<Ended> ended =
        claims.size() == tenant.dirty.size()
            ? tenant.ended.values().stream().limit(most).toList()
            : List.of();
    if (claims.isEmpty() && ended.isEmpty()) {
      return null;
    }
    Work work = new Work(id, tenant.incarnation, tenant.nextCall, claims, ended);
    tenant.nextCall += CALLS_PER_WORK;
    return work;
  }

  /** The truth holds these claims, unless a user's sessions changed meanwhile. */
  void asserted(Work work) {
    Tenant tenant = tenants.get(work.tenant());
    if (tenant == null) {
      return;
    }
    for (Claim claim : work.claims()) {
      if (claim.sessions().containsAll(tenant.sessionsOf(claim.user()))) {
        tenant.dirty.remove(claim.user());
      }
    }
  }

  /** The truth no longer holds these sessions. */
  void ended(Work work) {
    Tenant tenant = tenants.get(work.tenant());
    if (tenant != null) {
      work.ended().forEach(ended -> tenant.ended.remove(ended.session()));
      if (tenant.isEmpty()) {
        tenants.remove(work.tenant());
      }
    }
  }

  /** That incarnation was declared dead: all its sessions are to be claimed anew by another. */
  void fenced(Work work) {
    Tenant tenant = tenants.get(work.tenant());
    if (tenant != null && tenant.incarnation.equals(work.incarnation())) {
      tenant.incarnation = incarnations.get();
      // Only what waits already is claimed now, the rest by the next heartbeats, slice by slice: a
      // whole node's users must not come in one burst.
      tenant.nextCall = FIRST_CALL;
    }
  }
}
