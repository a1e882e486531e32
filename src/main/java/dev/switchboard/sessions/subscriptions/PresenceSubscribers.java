package dev.switchboard.sessions.subscriptions;

import dev.switchboard.bus.SessionClosed;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.PresenceEventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.registry.SessionEndListener;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SharedMessage;
import dev.switchboard.sessions.subscriptions.PresenceSource.UserPresence;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Sessions that follow the presence of some users: each gets their present state, then the changes.
 *
 * <p>From the moment of a query, changes are held back until its answer was sent, so that none is
 * missed and none is followed by older state. Queries that come after a change do not hold it back:
 * a client that never stops asking would never get it, and its changes would pile up here. Belongs
 * to the hub's event loop.
 */
public final class PresenceSubscribers implements SessionEndListener {
  private final PresenceSource source;
  private final OutboundQueue outboundQueue;
  private final Map<FollowedUser, Set<Session>> followers = new HashMap<>();
  private final Map<Session, Following> followings = new HashMap<>();

  public PresenceSubscribers(PresenceSource source, OutboundQueue outboundQueue) {
    this.source = source;
    this.outboundQueue = outboundQueue;
  }

  /**
   * A user, identified by what the ids of its presence events begin with.
   *
   * @param idPrefix see {@link PresenceEventId#beginningFor}
   */
  private record FollowedUser(TenantId tenant, String idPrefix) {
    static FollowedUser of(TenantId tenant, UserId user) {
      return new FollowedUser(tenant, PresenceEventId.prefixFor(user));
    }
  }

  /** What one session follows, with its queries in flight and the changes they hold back. */
  private static final class Following {
    private final TenantId tenant;
    private final Set<UserId> users = new LinkedHashSet<>();
    private final Deque<HeldChange> held = new ArrayDeque<>();
    private final NavigableSet<Long> inFlight = new TreeSet<>();
    private long lastQuery;

    Following(TenantId tenant) {
      this.tenant = tenant;
    }

    boolean isAnswered(long query) {
      return inFlight.isEmpty() || inFlight.first() > query;
    }
  }

  /** A change that waits for the answers to all queries up to {@code query}. */
  private record HeldChange(long query, byte[] envelope) {}

  /**
   * A query for the present state of users.
   *
   * @param number counts the queries of the session
   */
  public record Query(long number, Future<List<UserPresence>> answer) {}

  /** The users that {@code session} follows. */
  public Set<UserId> users(Session session) {
    Following following = followings.get(session);
    return following == null ? Set.of() : following.users;
  }

  /**
   * Makes {@code session} follow further users, and queries their present state. After the answer
   * was sent, or was found missing, the caller calls {@link #answered}.
   */
  public Query follow(Session session, TenantId tenant, List<UserId> users) {
    Following following = followings.computeIfAbsent(session, fresh -> new Following(tenant));
    for (UserId user : users) {
      if (following.users.add(user)) {
        followers
            .computeIfAbsent(FollowedUser.of(tenant, user), f -> new LinkedHashSet<>())
            .add(session);
      }
    }
    long number = ++following.lastQuery;
    following.inFlight.add(number);
    return new Query(number, source.read(tenant, users));
  }

  /** Sends the changes that were held back for the query with that number and for none other. */
  public void answered(Session session, long query) {
    Following following = followings.get(session);
    if (following == null) {
      return;
    }
    following.inFlight.remove(query);
    while (!following.held.isEmpty() && following.isAnswered(following.held.element().query())) {
      outboundQueue.send(session, following.held.remove().envelope());
    }
  }

  /** Makes {@code session} follow these users no more. */
  public void unfollow(Session session, List<UserId> users) {
    Following following = followings.get(session);
    if (following == null) {
      return;
    }
    for (UserId user : users) {
      if (following.users.remove(user)) {
        removeFollower(session, FollowedUser.of(following.tenant, user));
      }
    }
    if (following.users.isEmpty() && following.inFlight.isEmpty()) {
      followings.remove(session);
    }
  }

  private void removeFollower(Session session, FollowedUser user) {
    Set<Session> ofUser = followers.get(user);
    if (ofUser != null && ofUser.remove(session) && ofUser.isEmpty()) {
      followers.remove(user);
    }
  }

  @Override
  public void sessionEnded(Session session, SessionClosed.Reason reason) {
    Following following = followings.remove(session);
    if (following != null) {
      following.users.forEach(
          user -> removeFollower(session, FollowedUser.of(following.tenant, user)));
    }
  }

  /** Sends a change of presence to those followers whose patterns do not match it. */
  void send(EnvelopeHead head, byte[] envelope, SharedMessage message) {
    String idPrefix = head.id() == null ? null : PresenceEventId.prefixOf(head.id());
    if (idPrefix == null || followers.isEmpty()) {
      return;
    }
    for (Session session : followersOf(new FollowedUser(head.tenant(), idPrefix))) {
      Following following = followings.get(session);
      boolean visible = session.filter().visible().allows(head.type());
      if (following == null || !visible || session.filter().matches(head.type())) {
        continue;
      }
      if (following.inFlight.isEmpty()) {
        outboundQueue.write(session, message);
      } else {
        following.held.add(new HeldChange(following.inFlight.last(), envelope));
      }
    }
  }

  private List<Session> followersOf(FollowedUser user) {
    @Nullable Set<Session> ofUser = followers.get(user);
    return ofUser == null ? List.of() : List.copyOf(ofUser);
  }
}
