package dev.switchboard.presence;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Spreads the users' heartbeats over the slices of a round.
 *
 * <p>The cost of a heartbeat, here and in Redis, is mostly the cost of a call. So the users of a
 * tenant form groups that share a call, and the groups are spread over the slices for an even load
 * on Redis. A user stays in its group, and so has one heartbeat in every round. Pure state of one
 * event loop.
 */
final class HeartbeatRound {
  /** A call of this size blocks Redis for about a millisecond. */
  static final int USERS_PER_GROUP = 50;

  private final List<Set<Group>> slices;
  private final Map<TenantId, List<Group>> groups = new HashMap<>();

  HeartbeatRound(int slices) {
    this.slices = IntStream.range(0, slices).<Set<Group>>mapToObj(s -> new HashSet<>()).toList();
  }

  /** Users of one tenant whose heartbeats share a call. */
  static final class Group {
    private final TenantId tenant;
    private final int slice;
    private final Set<UserId> users = new LinkedHashSet<>();

    private Group(TenantId tenant, int slice) {
      this.tenant = tenant;
      this.slice = slice;
    }

    TenantId tenant() {
      return tenant;
    }

    Set<UserId> users() {
      return users;
    }
  }

  /** Adds a user; returns its group, which {@link #leave} needs. */
  Group join(TenantId tenant, UserId user) {
    List<Group> own = groups.computeIfAbsent(tenant, fresh -> new ArrayList<>(1));
    Group group =
        own.stream()
            .filter(candidate -> candidate.users.size() < USERS_PER_GROUP)
            .findFirst()
            .orElseGet(() -> addGroup(tenant, own));
    boolean unused = group.users.add(user);
    return group;
  }

  private Group addGroup(TenantId tenant, List<Group> own) {
    int slice =
        IntStream.range(0, slices.size())
            .boxed()
            .min(Comparator.comparingInt(candidate -> slices.get(candidate).size()))
            .orElseThrow();
    Group group = new Group(tenant, slice);
    own.add(group);
    slices.get(slice).add(group);
    return group;
  }

  /** Removes a user who has no session any more. */
  void leave(Group group, UserId user) {
    if (!group.users.remove(user) || !group.users.isEmpty()) {
      return;
    }
    slices.get(group.slice).remove(group);
    List<Group> own = groups.getOrDefault(group.tenant, List.of());
    if (own.remove(group) && own.isEmpty()) {
      groups.remove(group.tenant);
    }
  }

  /** The groups of a slice. */
  Collection<Group> due(int slice) {
    return slices.get(slice);
  }
}
