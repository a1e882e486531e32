package dev.switchboard.sessions.subscriptions;

import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.PresenceEventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.subscriptions.PresenceSource.Standing;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sessions that follow the presence of some users: each gets how they stand, then their changes.
 * From the moment of the question changes are held back until its answer went out, so that none is
 * missed and none is followed by something older. Questions asked after a change do not hold it:
 * who never stops asking would never get it, and all of them would pile up here. One per hub, on
 * its event loop.
 */
public final class PresenceSubscribers {
  private final PresenceSource source;
  private final Map<Followed, Set<Session>> followers = new HashMap<>();
  private final Map<Session, Watch> watches = new HashMap<>();

  public PresenceSubscribers(PresenceSource source) {
    this.source = source;
  }

  /** A user, as the ids of its events begin. */
  private record Followed(TenantId tenant, String beginning) {
    static Followed of(TenantId tenant, UserId user) {
      return new Followed(tenant, PresenceEventId.prefixFor(user));
    }
  }

  private static final class Watch {
    private final TenantId tenant;
    private final Set<UserId> users = new LinkedHashSet<>();
    private final Deque<Held> held = new ArrayDeque<>();
    private final NavigableSet<Long> open = new TreeSet<>();
    private long asked;

    Watch(TenantId tenant) {
      this.tenant = tenant;
    }

    boolean isAnswered(long question) {
      return open.isEmpty() || open.first() > question;
    }
  }

  /** A change that waits for the answers up to that question. */
  private record Held(long question, byte[] envelope) {}

  /** A question of how users stand, by its number among those of the session. */
  public record Asked(long question, Future<List<Standing>> standings) {}

  /** Whom the session follows. */
  public Set<UserId> users(Session session) {
    Watch watch = watches.get(session);
    return watch == null ? Set.of() : watch.users;
  }

  /** Follows further users; answers how all of these stand. The caller then calls {@link #told}. */
  public Asked follow(Session session, TenantId tenant, List<UserId> users) {
    Watch watch = watches.computeIfAbsent(session, fresh -> new Watch(tenant));
    for (UserId user : users) {
      if (watch.users.add(user)) {
        Set<Session> ofUser =
            followers.computeIfAbsent(Followed.of(tenant, user), f -> new LinkedHashSet<>());
        boolean unused = ofUser.add(session);
      }
    }
    long question = ++watch.asked;
    boolean unused = watch.open.add(question);
    return new Asked(question, source.ask(tenant, users));
  }

  /** The answer, or that there is none, went out: what was held back follows. */
  public void told(Session session, long question, Consumer<byte[]> write) {
    Watch watch = watches.get(session);
    if (watch == null) {
      return;
    }
    boolean unused = watch.open.remove(question);
    while (!watch.held.isEmpty() && watch.isAnswered(watch.held.element().question())) {
      write.accept(watch.held.remove().envelope());
    }
  }

  public void unfollow(Session session, List<UserId> users) {
    Watch watch = watches.get(session);
    if (watch == null) {
      return;
    }
    for (UserId user : users) {
      if (watch.users.remove(user)) {
        leave(session, Followed.of(watch.tenant, user));
      }
    }
    if (watch.users.isEmpty() && watch.open.isEmpty()) {
      watches.remove(session);
    }
  }

  private void leave(Session session, Followed followed) {
    Set<Session> ofUser = followers.get(followed);
    if (ofUser != null && ofUser.remove(session) && ofUser.isEmpty()) {
      followers.remove(followed);
    }
  }

  /** The session is gone. */
  public void forget(Session session) {
    Watch watch = watches.remove(session);
    if (watch != null) {
      watch.users.forEach(user -> leave(session, Followed.of(watch.tenant, user)));
    }
  }

  /** Gives a change of presence to who follows that user and does not get it by its patterns. */
  void carry(EnvelopeHead head, byte[] envelope, Consumer<Session> write) {
    String beginning = head.id() == null ? null : PresenceEventId.prefixOf(head.id());
    if (beginning == null || followers.isEmpty()) {
      return;
    }
    for (Session session : followersOf(new Followed(head.tenant(), beginning))) {
      Watch watch = watches.get(session);
      boolean visible = session.filter().visible().allows(head.type());
      if (watch == null || !visible || session.filter().matches(head.type())) {
        continue;
      }
      if (watch.open.isEmpty()) {
        write.accept(session);
      } else {
        watch.held.add(new Held(watch.open.last(), envelope));
      }
    }
  }

  private List<Session> followersOf(Followed followed) {
    @Nullable Set<Session> ofUser = followers.get(followed);
    return ofUser == null ? List.of() : List.copyOf(ofUser);
  }
}
