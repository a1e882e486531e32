package dev.switchboard.sessions.subscriptions;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.FollowAttempts;
import dev.switchboard.bus.HubBatch;
import dev.switchboard.bus.SessionClosed;
import dev.switchboard.bus.UnfollowAttempts;
import dev.switchboard.event.TenantId;
import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.registry.SessionEndListener;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SharedMessage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sessions and observers of one hub that follow attempts at webhooks of a tenant. Attempts are
 * live only and sent at most once: a session that is behind gets no more until it has caught up,
 * and then how many it missed. Belongs to the hub's event loop.
 */
public final class AttemptTail implements SessionEndListener {
  /** Webhook id that means every webhook of the tenant. */
  public static final long EVERY = 0;

  private final Vertx vertx;
  private final int hub;
  private final OutboundQueue outboundQueue;
  private final Map<TenantId, Map<Session, Follower>> followers = new HashMap<>();
  private final Map<TenantId, Map<AttemptObserver, Long>> observers = new HashMap<>();

  /** {@code hub} is the number that the bridge knows this hub by. */
  public AttemptTail(Vertx vertx, int hub, OutboundQueue outboundQueue) {
    this.vertx = vertx;
    this.hub = hub;
    this.outboundQueue = outboundQueue;
  }

  private static final class Follower {
    private final long webhook;
    private final Promise<Void> opened;
    private int missed;

    Follower(long webhook, Promise<Void> opened) {
      this.webhook = webhook;
      this.opened = opened;
    }

    boolean isOpen() {
      return opened.future().isComplete();
    }

    boolean follows(HubBatch.AttemptItem item) {
      return concerns(item, webhook);
    }
  }

  private static boolean concerns(HubBatch.AttemptItem item, long webhook) {
    return webhook == EVERY
        || !(item instanceof HubBatch.Attempted attempted)
        || webhook == attempted.webhook();
  }

  /**
   * Makes an authenticated session follow one webhook of its tenant, or {@link #EVERY}, instead of
   * what it followed before. Succeeds when Redis delivers the attempts; never completes if the
   * session stops following before.
   */
  public Future<Void> follow(Session session, long webhook) {
    TenantId tenant = requireNonNull(session.principal()).tenant();
    Map<Session, Follower> ofTenant =
        followers.computeIfAbsent(tenant, unheard -> new LinkedHashMap<>());
    Follower before = ofTenant.get(session);
    Promise<Void> opened = before == null || before.isOpen() ? Promise.promise() : before.opened;
    ofTenant.put(session, new Follower(webhook, opened));
    Addresses.BRIDGE_FOLLOW_ATTEMPTS.send(vertx, new FollowAttempts(hub, tenant));
    return opened.future();
  }

  /** Makes a session follow nothing. */
  public void unfollow(Session session) {
    Principal.Participant principal = session.principal();
    if (followers.isEmpty() || principal == null) {
      return;
    }
    TenantId tenant = principal.tenant();
    Map<Session, Follower> ofTenant = followers.get(tenant);
    if (ofTenant != null && ofTenant.remove(session) != null && ofTenant.isEmpty()) {
      followers.remove(tenant);
      letGo(tenant);
    }
  }

  /** Lets an observer see the attempts at one webhook of the tenant, or at {@link #EVERY}. */
  public void observe(TenantId tenant, long webhook, AttemptObserver observer) {
    observers.computeIfAbsent(tenant, unheard -> new LinkedHashMap<>()).put(observer, webhook);
    Addresses.BRIDGE_FOLLOW_ATTEMPTS.send(vertx, new FollowAttempts(hub, tenant));
  }

  /** Ends what {@link #observe} began; does nothing if it has not. */
  public void unobserve(TenantId tenant, AttemptObserver observer) {
    Map<AttemptObserver, Long> ofTenant = observers.get(tenant);
    if (ofTenant != null && ofTenant.remove(observer) != null && ofTenant.isEmpty()) {
      observers.remove(tenant);
      letGo(tenant);
    }
  }

  /** Tells the bridge once nobody of this hub follows the tenant's attempts any more. */
  private void letGo(TenantId tenant) {
    if (!followers.containsKey(tenant) && !observers.containsKey(tenant)) {
      Addresses.BRIDGE_UNFOLLOW_ATTEMPTS.send(vertx, new UnfollowAttempts(hub, tenant));
    }
  }

  @Override
  public void sessionEnded(Session session, SessionClosed.Reason reason) {
    unfollow(session);
  }

  void opened(TenantId tenant) {
    for (Follower follower : List.copyOf(followers.getOrDefault(tenant, Map.of()).values())) {
      boolean unused = follower.opened.tryComplete();
    }
    observersOf(tenant).keySet().forEach(AttemptObserver::opened);
  }

  /** A copy: an observer may end while it is told. */
  private Map<AttemptObserver, Long> observersOf(TenantId tenant) {
    return Map.copyOf(observers.getOrDefault(tenant, Map.of()));
  }

  void attempted(HubBatch.AttemptItem attempted) {
    observersOf(attempted.tenant())
        .forEach(
            (observer, webhook) -> {
              if (concerns(attempted, webhook)) {
                observer.attempted(attempted.message());
              }
            });
    Map<Session, Follower> ofTenant = followers.get(attempted.tenant());
    if (ofTenant == null) {
      return;
    }
    try (SharedMessage message = new SharedMessage(attempted.message())) {
      ofTenant.forEach(
          (session, follower) -> {
            if (follower.isOpen() && follower.follows(attempted)) {
              send(session, follower, message);
            }
          });
    }
  }

  private void send(Session session, Follower follower, SharedMessage message) {
    if (follower.missed > 0) {
      try (SharedMessage missed =
          SharedMessage.of(ServerMessages.attemptsMissed(follower.missed))) {
        if (outboundQueue.offer(session, missed)) {
          follower.missed = 0;
        }
      }
    }
    if (follower.missed > 0 || !outboundQueue.offer(session, message)) {
      follower.missed++;
    }
  }
}
