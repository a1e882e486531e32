package dev.switchboard.presence;

import dev.switchboard.bus.SessionClosed.Reason;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of this node, and what must still be written to Redis: users whose leases are due
 * for renewal, and sessions that ended. Pure state of one event loop.
 */
final class PresenceTable {
  private static final long FIRST_CALL = 1;
  private static final int CALLS_PER_WORK = 2;

  /** Its ending call has the number 0, which Redis takes from owners that it does not know. */
  private static final long BEFORE_FIRST_CALL = -1;

  private final HeartbeatRound round;
  private final Supplier<String> incarnations;
  private final Map<TenantId, Tenant> tenants = new LinkedHashMap<>();

  /** Read by other threads as well. */
  private final AtomicInteger users = new AtomicInteger();

  PresenceTable(int slices, Supplier<String> incarnations) {
    this.round = new HeartbeatRound(slices);
    this.incarnations = incarnations;
  }

  /** A session that ended. */
  record Ended(UserId user, String session, Reason reason) {}

  /** The sessions of a user whose leases are to be renewed. */
  record Claim(UserId user, List<String> sessions) {
    Claim {
      sessions = List.copyOf(sessions);
    }
  }

  /**
   * The next writes for one tenant.
   *
   * @param number of the call among those of the incarnation; later ones are greater
   */
  record Work(
      TenantId tenant, String incarnation, long number, List<Claim> claims, List<Ended> ended) {
    Work {
      claims = List.copyOf(claims);
      ended = List.copyOf(ended);
    }

    /** Number of the call that ends sessions, which follows the one that claims. */
    long endingNumber() {
      return number + 1;
    }
  }

  /** A user with sessions here; they are few, so a list is searched, which is small. */
  private record Member(HeartbeatRound.Group group, List<String> sessions) {
    void add(String session) {
      if (!sessions.contains(session)) {
        sessions.add(session);
      }
    }
  }

  private static final class Tenant {
    private String incarnation;
    private long nextCall = FIRST_CALL;
    private boolean held;
    private final Map<UserId, Member> users = new HashMap<>();
    private final Set<UserId> dirty = new LinkedHashSet<>();
    private final Map<String, Ended> ended = new LinkedHashMap<>();

    Tenant(String incarnation) {
      this.incarnation = incarnation;
    }

    List<String> sessionsOf(UserId user) {
      Member member = users.get(user);
      return member == null ? List.of() : member.sessions();
    }

    boolean hasWork() {
      return !dirty.isEmpty() || !ended.isEmpty();
    }

    boolean isEmpty() {
      return ended.isEmpty() && dirty.isEmpty() && users.isEmpty();
    }
  }

  void opened(TenantId id, UserId user, String session) {
    Tenant tenant = tenants.computeIfAbsent(id, fresh -> new Tenant(incarnations.get()));
    Member member = tenant.users.computeIfAbsent(user, fresh -> newMember(id, user));
    member.add(session);
    tenant.dirty.add(user);
  }

  private Member newMember(TenantId tenant, UserId user) {
    int unused = users.incrementAndGet();
    return new Member(round.join(tenant, user), new ArrayList<>(1));
  }

  void closed(TenantId id, UserId user, String session, Reason reason) {
    Tenant tenant = tenants.get(id);
    Member member = tenant == null ? null : tenant.users.get(user);
    if (tenant == null || member == null || !member.sessions().remove(session)) {
      return;
    }
    if (member.sessions().isEmpty()) {
      tenant.users.remove(user);
      int unused = users.decrementAndGet();
      tenant.dirty.remove(user);
      round.leave(member.group(), user);
    }
    tenant.ended.put(session, new Ended(user, session, reason));
  }

  /** Marks the users of a slice as due for a heartbeat. */
  void markDue(int slice) {
    for (HeartbeatRound.Group group : round.due(slice)) {
      Tenant tenant = tenants.get(group.tenant());
      if (tenant != null) {
        tenant.dirty.addAll(group.users());
      }
    }
  }

  /** Tenants that have sessions on this node, or had some whose end is not written yet. */
  Collection<TenantId> tenants() {
    return List.copyOf(tenants.keySet());
  }

  /** Tenants for which something must be written. */
  List<TenantId> tenantsWithWork() {
    return tenants.entrySet().stream()
        .filter(tenant -> tenant.getValue().hasWork())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Number of users with sessions on this node; callable from every thread. */
  int users() {
    return users.get();
  }

  /** Number of sessions on this node. */
  int size() {
    int sessions = 0;
    for (Tenant tenant : tenants.values()) {
      for (Member member : tenant.users.values()) {
        sessions += member.sessions().size();
      }
    }
    return sessions;
  }

  /** The next writes for a tenant, for at most {@code maxUsers}; null if there are none. */
  @Nullable Work work(TenantId id, int maxUsers) {
    Tenant tenant = tenants.get(id);
    if (tenant == null) {
      return null;
    }
    List<Claim> claims =
        tenant.dirty.stream()
            .limit(maxUsers)
            .map(user -> new Claim(user, tenant.sessionsOf(user)))
            .toList();
    // Claims go first: a page that reloads has its new session before its old one ends.
    List<Ended> ended =
        claims.size() == tenant.dirty.size()
            ? tenant.ended.values().stream().limit(maxUsers).toList()
            : List.of();
    if (claims.isEmpty() && ended.isEmpty()) {
      return null;
    }
    // The first call of an incarnation must be a claim: Redis takes any other for that of a node
    // that was declared dead.
    if (claims.isEmpty() && tenant.nextCall == FIRST_CALL) {
      return new Work(id, tenant.incarnation, BEFORE_FIRST_CALL, claims, ended);
    }
    Work work = new Work(id, tenant.incarnation, tenant.nextCall, claims, ended);
    tenant.nextCall += CALLS_PER_WORK;
    return work;
  }

  /** Records that the claims were written; users whose sessions changed meanwhile remain due. */
  void claimed(Work work) {
    Tenant tenant = tenants.get(work.tenant());
    if (tenant == null) {
      return;
    }
    tenant.held |= tenant.incarnation.equals(work.incarnation());
    for (Claim claim : work.claims()) {
      if (claim.sessions().containsAll(tenant.sessionsOf(claim.user()))) {
        tenant.dirty.remove(claim.user());
      }
    }
  }

  /** Records that the end of these sessions was written. */
  void ended(Work work) {
    Tenant tenant = tenants.get(work.tenant());
    if (tenant != null) {
      work.ended().forEach(ended -> tenant.ended.remove(ended.session()));
      if (tenant.isEmpty()) {
        tenants.remove(work.tenant());
      }
    }
  }

  /**
   * Replaces an incarnation that Redis does not know; the new one claims all its sessions again.
   *
   * @return whether a claim of it was accepted before, so that it was declared dead; otherwise its
   *     first claim was lost on the way
   */
  boolean fenced(Work work) {
    Tenant tenant = tenants.get(work.tenant());
    boolean wasHeld = false;
    if (tenant != null && tenant.incarnation.equals(work.incarnation())) {
      wasHeld = tenant.held;
      tenant.held = false;
      tenant.incarnation = incarnations.get();
      // Only users that are due already are claimed now, the others by the next heartbeats, slice
      // by slice: the users of a whole node must not come online in one burst.
      tenant.nextCall = FIRST_CALL;
    }
    return wasHeld;
  }
}
