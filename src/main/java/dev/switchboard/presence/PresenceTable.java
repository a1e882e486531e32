package dev.switchboard.presence;

import dev.switchboard.bus.SessionClosed.Reason;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import java.util.ArrayList;
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
 *
 * <p>Users are spread over slices by their id, so that heartbeats are an even flow.
 */
final class PresenceTable {
  private static final long FIRST_CALL = 1;
  private static final int CALLS_PER_WORK = 2;

  private final int slices;
  private final Supplier<String> incarnations;
  private final Map<TenantId, Tenant> tenants = new LinkedHashMap<>();

  PresenceTable(int slices, Supplier<String> incarnations) {
    this.slices = slices;
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

  private static final class Tenant {
    private String incarnation;
    private long nextCall = FIRST_CALL;
    private final List<Map<UserId, Set<String>>> slices = new ArrayList<>();
    private final Set<UserId> dirty = new LinkedHashSet<>();
    private final Map<String, Ended> ended = new LinkedHashMap<>();

    Tenant(String incarnation, int count) {
      this.incarnation = incarnation;
      for (int i = 0; i < count; i++) {
        slices.add(new HashMap<>());
      }
    }

    Map<UserId, Set<String>> sliceOf(UserId user) {
      return slices.get(Math.floorMod(user.hashCode(), slices.size()));
    }

    boolean isEmpty() {
      return ended.isEmpty() && dirty.isEmpty() && slices.stream().allMatch(Map::isEmpty);
    }
  }

  void opened(TenantId tenant, UserId user, String session) {
    Tenant known = tenants.computeIfAbsent(tenant, fresh -> new Tenant(incarnations.get(), slices));
    boolean unused =
        known.sliceOf(user).computeIfAbsent(user, fresh -> new HashSet<>(2)).add(session);
    known.dirty.add(user);
  }

  void closed(TenantId tenant, UserId user, String session, Reason reason) {
    Tenant known = tenants.get(tenant);
    Set<String> sessions = known == null ? null : known.sliceOf(user).get(user);
    if (known == null || sessions == null || !sessions.remove(session)) {
      return;
    }
    if (sessions.isEmpty()) {
      known.sliceOf(user).remove(user);
      known.dirty.remove(user);
    }
    known.ended.put(session, new Ended(user, session, reason));
  }

  /** The leases of one slice's users are due for a heartbeat. */
  void beat(int slice) {
    tenants.values().forEach(tenant -> tenant.dirty.addAll(tenant.slices.get(slice).keySet()));
  }

  /** Tenants of which this node has sessions. */
  Collection<TenantId> tenants() {
    return List.copyOf(tenants.keySet());
  }

  /** Sessions of this node. */
  int size() {
    int sessions = 0;
    for (Tenant tenant : tenants.values()) {
      for (Map<UserId, Set<String>> slice : tenant.slices) {
        for (Set<String> ofUser : slice.values()) {
          sessions += ofUser.size();
        }
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
        tenant.dirty.stream().limit(most).map(user -> claim(tenant, user)).toList();
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

  private static Claim claim(Tenant tenant, UserId user) {
    Set<String> sessions = tenant.sliceOf(user).get(user);
    return new Claim(user, sessions == null ? List.of() : List.copyOf(sessions));
  }

  /** The truth holds these claims, unless a user's sessions changed meanwhile. */
  void asserted(Work work) {
    Tenant tenant = tenants.get(work.tenant());
    if (tenant == null) {
      return;
    }
    for (Claim claim : work.claims()) {
      Set<String> now = tenant.sliceOf(claim.user()).get(claim.user());
      if (now == null || claim.sessions().containsAll(now)) {
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
