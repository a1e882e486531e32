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
 * Whose heartbeat is due at which moment of a round.
 *
 * <p>A heartbeat for each user would be a call for each user: most of what it costs here and in
 * Redis is the call. So users of a tenant go in groups that share one, and the groups are spread
 * over the round's slices, so that Redis sees an even flow. A user stays in its group, and so beats
 * once in every round. Pure state of one event loop.
 */
final class HeartbeatRound {
  /** One call holds Redis up for about a millisecond at the most. */
  static final int USERS_PER_GROUP = 50;

  private final List<Set<Group>> slices;
  private final Map<TenantId, List<Group>> groups = new HashMap<>();

  HeartbeatRound(int slices) {
    this.slices = IntStream.range(0, slices).<Set<Group>>mapToObj(s -> new HashSet<>()).toList();
  }

  /** Users of one tenant whose heartbeats go together. */
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

  /** Takes a user in; answers its group, for the time when it leaves. */
  Group join(TenantId tenant, UserId user) {
    List<Group> own = groups.computeIfAbsent(tenant, fresh -> new ArrayList<>(1));
    Group group =
        own.stream()
            .filter(some -> some.users.size() < USERS_PER_GROUP)
            .findFirst()
            .orElseGet(() -> begin(tenant, own));
    boolean unused = group.users.add(user);
    return group;
  }

  private Group begin(TenantId tenant, List<Group> own) {
    int slice =
        IntStream.range(0, slices.size())
            .boxed()
            .min(Comparator.comparingInt(some -> slices.get(some).size()))
            .orElseThrow();
    Group group = new Group(tenant, slice);
    own.add(group);
    slices.get(slice).add(group);
    return group;
  }

  /** The user has no session any more. */
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

  /** The groups whose turn it is. */
  Collection<Group> due(int slice) {
    return slices.get(slice);
  }
}
