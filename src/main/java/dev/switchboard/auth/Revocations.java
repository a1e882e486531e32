package dev.switchboard.auth;

import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.ControlCommand;
import dev.switchboard.bus.ControlCommand.Kind;
import dev.switchboard.event.TenantId;
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
  /** What stands before the id of a token of all tenants in an order; no tenant may order so. */
  public static final String OF_ALL = "* ";

  /** The tenant of such an order, which has to have one. */
  public static final TenantId ALL = new TenantId("all");

  /** A message that the channel lost still ends sessions within the promised second. */
  private static final Schedule SCHEDULE = Schedule.every(Duration.ofMillis(500));

  /** More than the clocks of two servers of Redis differ, of which one follows the other. */
  private static final Duration OVERLAP = Duration.ofSeconds(10);

  /** Between two looks for what may be forgotten. */
  private static final Duration FORGET_EVERY = Duration.ofMinutes(10);

  private final ConcurrentMap<String, Instant> users = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Instant> tokens = new ConcurrentHashMap<>();
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
                    .since(from)
                    .map(
                        found -> {
                          tellNew(vertx, found);
                          readUntil = now;
                          forgetOld(now);
                          return null;
                        }));
  }

  private void tellNew(Vertx vertx, List<ControlCommand> found) {
    for (ControlCommand order : found) {
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
    forgetBefore(now.minus(ControlChannel.REMEMBERED));
  }

  void forgetBefore(Instant oldest) {
    List.of(users, tokens).forEach(known -> known.values().removeIf(at -> at.isBefore(oldest)));
  }

  /** Takes note of an order; true if it was not known. */
  public boolean learn(ControlCommand order) {
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
    return true;
  }

  /** Whether the caller's token is void, whoever it is. */
  public boolean cover(Principal caller) {
    if (caller instanceof Principal.User user) {
      return cover(user);
    }
    if (!(caller instanceof Principal.Service service) || service.tokenId() == null) {
      return false;
    }
    TenantId tenant = service.tenant();
    return tokens.containsKey(
        tenant == null ? ALL + " " + OF_ALL + service.tokenId() : tenant + " " + service.tokenId());
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
