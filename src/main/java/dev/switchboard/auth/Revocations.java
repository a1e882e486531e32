package dev.switchboard.auth;

import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.ControlCommand.Revocation;
import dev.switchboard.bus.ControlCommand.RevokeToken;
import dev.switchboard.bus.ControlCommand.RevokeTokenOfAllTenants;
import dev.switchboard.bus.ControlCommand.RevokeUser;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.redis.ControlChannel;
import dev.switchboard.time.RepeatingTask;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Schedule;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens are void before their end. Kept in memory, learnt from the control channel at once
 * and from Redis twice a second, because a channel may lose a message. Usable from every thread.
 */
public final class Revocations {
  /** A message that the channel lost still ends sessions within the promised second. */
  private static final Schedule SCHEDULE = Schedule.every(Duration.ofMillis(500));

  /** More than the clocks of two servers of Redis differ, of which one follows the other. */
  private static final Duration OVERLAP = Duration.ofSeconds(10);

  /** Between two looks for what may be forgotten. */
  private static final Duration FORGET_EVERY = Duration.ofMinutes(10);

  private sealed interface Revoked {}

  private record RevokedUser(TenantId tenant, UserId user) implements Revoked {}

  /** A token of one tenant, or of all tenants if that is null. */
  private record RevokedToken(@Nullable TenantId tenant, String tokenId) implements Revoked {}

  private final ConcurrentMap<Revoked, Instant> revoked = new ConcurrentHashMap<>();
  private Instant readUntil = Instant.EPOCH;
  private Instant forgotAt = Instant.EPOCH;
  private volatile @Nullable RepeatingTask polling;

  /** Reads what is in force and goes on reading; fails if Redis can't be read at first. */
  public Future<Void> start(Vertx vertx, RepeatingTasks tasks, ControlChannel orders) {
    RepeatingTask made = tasks.task("revocations", SCHEDULE, () -> refresh(vertx, orders));
    polling = made;
    return refresh(vertx, orders).onSuccess(read -> made.start());
  }

  /** No further looks. */
  public void stop() {
    RepeatingTask started = polling;
    if (started != null) {
      started.stop();
    }
  }

  /** Looks back to the last time Redis answered: what the channel brought says nothing of that. */
  private Future<Void> refresh(Vertx vertx, ControlChannel orders) {
    Instant from = readUntil.equals(Instant.EPOCH) ? readUntil : readUntil.minus(OVERLAP);
    return orders
        .time()
        .compose(
            now ->
                orders
                    .revocationsSince(from)
                    .map(
                        found -> {
                          tellNew(vertx, found);
                          readUntil = now;
                          forgetOld(now);
                          return null;
                        }));
  }

  private void tellNew(Vertx vertx, List<Revocation> found) {
    for (Revocation order : found) {
      if (learn(order)) {
        Addresses.CONTROL_COMMAND.publish(vertx, order);
      }
    }
  }

  /** What Redis has forgotten by now voids no token any more. */
  private void forgetOld(Instant now) {
    if (now.isBefore(forgotAt.plus(FORGET_EVERY))) {
      return;
    }
    forgotAt = now;
    forgetBefore(now.minus(ControlChannel.REVOCATIONS_KEPT));
  }

  void forgetBefore(Instant oldest) {
    revoked.values().removeIf(at -> at.isBefore(oldest));
  }

  /** Takes note of an order; true if it was not known. */
  public boolean learn(Revocation order) {
    Revoked key = key(order);
    Instant before = revoked.getOrDefault(key, Instant.MIN);
    if (!order.at().isAfter(before)) {
      return false;
    }
    revoked.put(key, order.at());
    return true;
  }

  private static Revoked key(Revocation order) {
    if (order instanceof RevokeUser user) {
      return new RevokedUser(user.tenant(), user.user());
    }
    if (order instanceof RevokeToken token) {
      return new RevokedToken(token.tenant(), token.tokenId());
    }
    return new RevokedToken(null, ((RevokeTokenOfAllTenants) order).tokenId());
  }

  /** Whether the caller's token is void, whoever it is. */
  public boolean cover(Principal caller) {
    if (caller instanceof Principal.User user) {
      return cover(user);
    }
    return caller instanceof Principal.Service service
        && service.tokenId() != null
        && revoked.containsKey(new RevokedToken(service.tenant(), service.tokenId()));
  }

  /**
   * Whether the token is void. A token's time has whole seconds: one made in the second of its
   * user's revocation counts as made before it.
   */
  public boolean cover(Principal.User user) {
    Instant cut = revoked.get(new RevokedUser(user.tenant(), user.user()));
    return (cut != null && !user.issued().isAfter(cut))
        || (user.tokenId() != null
            && revoked.containsKey(new RevokedToken(user.tenant(), user.tokenId())));
  }
}
