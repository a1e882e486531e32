package dev.switchboard.auth;

import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.SessionOrder;
import dev.switchboard.bus.SessionOrder.Kind;
import dev.switchboard.redis.SessionOrders;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which tokens are void before their end. Kept in memory, learnt from the control channel at once
 * and from Redis every few seconds, because a channel may lose a message. Usable from every thread.
 */
public final class Revocations {
  private static final Logger log = LoggerFactory.getLogger(Revocations.class);
  private static final long POLL_MILLIS = 2_000;
  private static final Duration OVERLAP = Duration.ofMinutes(1);

  private final ConcurrentMap<String, Instant> users = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Instant> tokens = new ConcurrentHashMap<>();
  private volatile Instant newest = Instant.EPOCH;
  private volatile boolean stopped;

  /** Reads what is in force and goes on reading; fails if Redis can't be read at first. */
  public Future<Void> start(Vertx vertx, SessionOrders orders) {
    return refresh(vertx, orders).onSuccess(read -> pollAgain(vertx, orders));
  }

  /** No further looks. */
  public void stop() {
    stopped = true;
  }

  private void pollAgain(Vertx vertx, SessionOrders orders) {
    long unused =
        vertx.setTimer(
            POLL_MILLIS,
            fired -> {
              if (!stopped) {
                refresh(vertx, orders)
                    .onFailure(failure -> log.debug("Revocations can't be read now"))
                    .onComplete(read -> pollAgain(vertx, orders));
              }
            });
  }

  private Future<Void> refresh(Vertx vertx, SessionOrders orders) {
    Instant from = newest.equals(Instant.EPOCH) ? newest : newest.minus(OVERLAP);
    return orders
        .since(from)
        .map(
            found -> {
              for (SessionOrder order : found) {
                if (learn(order)) {
                  Addresses.SESSION_ORDER.publish(vertx, order);
                }
              }
              return null;
            });
  }

  /** Takes note of an order; true if it was not known. */
  public boolean learn(SessionOrder order) {
    if (!order.kind().isRevocation()) {
      return true;
    }
    ConcurrentMap<String, Instant> known = order.kind() == Kind.REVOKE_USER ? users : tokens;
    Object whose = order.kind() == Kind.REVOKE_USER ? order.user() : order.tokenId();
    if (whose == null) {
      return false;
    }
    String key = order.tenant() + " " + whose;
    Instant before = known.getOrDefault(key, Instant.MIN);
    if (!order.at().isAfter(before)) {
      return false;
    }
    known.put(key, order.at());
    if (order.at().isAfter(newest)) {
      newest = order.at();
    }
    return true;
  }

  /**
   * Whether the token is void. A token's time has whole seconds: one made in the second of its
   * user's revocation counts as made before it.
   */
  public boolean cover(Principal.User user) {
    Instant cut = users.get(user.tenant() + " " + user.user());
    return (cut != null && !user.issued().isAfter(cut))
        || (user.tokenId() != null && tokens.containsKey(user.tenant() + " " + user.tokenId()));
  }
}
