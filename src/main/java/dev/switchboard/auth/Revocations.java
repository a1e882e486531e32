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
 * The tokens that were revoked before they expired, kept in memory. Learns of them from the control
 * channel at once, and from Redis twice a second, because a channel may lose a message. Usable from
 * every thread.
 */
public final class Revocations {
  /** A revocation that the channel lost still ends sessions within the promised second. */
  private static final Schedule SCHEDULE = Schedule.every(Duration.ofMillis(500));

  /** More than the clocks of a Redis server and its replica differ. */
  private static final Duration OVERLAP = Duration.ofSeconds(10);

  /** Time between removals of revocations that are no longer needed. */
  private static final Duration CLEANUP_INTERVAL = Duration.ofMinutes(10);

  private sealed interface Revoked {}

  private record RevokedUser(TenantId tenant, UserId user) implements Revoked {}

  /** A token of one tenant, or of all tenants if that is null. */
  private record RevokedToken(@Nullable TenantId tenant, String tokenId) implements Revoked {}

  private final ConcurrentMap<Revoked, Instant> revoked = new ConcurrentHashMap<>();
  private Instant readUntil = Instant.EPOCH;
  private Instant forgotAt = Instant.EPOCH;
  private volatile @Nullable RepeatingTask polling;

  /** Reads all revocations from Redis, now and periodically; fails if the first read fails. */
  public Future<Void> start(Vertx vertx, RepeatingTasks tasks, ControlChannel control) {
    RepeatingTask made = tasks.task("revocations", SCHEDULE, () -> refresh(vertx, control));
    polling = made;
    return refresh(vertx, control).onSuccess(read -> made.start());
  }

  /** Stops reading from Redis. */
  public void stop() {
    RepeatingTask started = polling;
    if (started != null) {
      started.stop();
    }
  }

  /** Reads back to the last successful read, whatever the channel brought since. */
  private Future<Void> refresh(Vertx vertx, ControlChannel control) {
    Instant from = readUntil.equals(Instant.EPOCH) ? readUntil : readUntil.minus(OVERLAP);
    return control
        .time()
        .compose(
            now ->
                control
                    .revocationsSince(from)
                    .map(
                        found -> {
                          learnAll(vertx, found);
                          readUntil = now;
                          forgetOld(now);
                          return null;
                        }));
  }

  private void learnAll(Vertx vertx, List<Revocation> found) {
    for (Revocation revocation : found) {
      if (learn(revocation)) {
        Addresses.CONTROL_COMMAND.publish(vertx, revocation);
      }
    }
  }

  /** Removes revocations that Redis has removed; their tokens have expired. */
  private void forgetOld(Instant now) {
    if (now.isBefore(forgotAt.plus(CLEANUP_INTERVAL))) {
      return;
    }
    forgotAt = now;
    forgetBefore(now.minus(ControlChannel.REVOCATIONS_KEPT));
  }

  void forgetBefore(Instant oldest) {
    revoked.values().removeIf(at -> at.isBefore(oldest));
  }

  /** Adds a revocation; false if the same or a later one was known. */
  public boolean learn(Revocation revocation) {
    Revoked key = key(revocation);
    Instant before = revoked.getOrDefault(key, Instant.MIN);
    if (!revocation.at().isAfter(before)) {
      return false;
    }
    revoked.put(key, revocation.at());
    return true;
  }

  private static Revoked key(Revocation revocation) {
    if (revocation instanceof RevokeUser user) {
      return new RevokedUser(user.tenant(), user.user());
    }
    if (revocation instanceof RevokeToken token) {
      return new RevokedToken(token.tenant(), token.tokenId());
    }
    return new RevokedToken(null, ((RevokeTokenOfAllTenants) revocation).tokenId());
  }

  /** Whether the caller's token was revoked; false for callers without a token. */
  public boolean isRevoked(Principal caller) {
    if (caller instanceof Principal.User user) {
      return isRevoked(user);
    }
    return caller instanceof Principal.Service service
        && service.tokenId() != null
        && revoked.containsKey(new RevokedToken(service.tenant(), service.tokenId()));
  }

  /**
   * Whether the user's token was revoked. Tokens are dated in whole seconds: one that was issued in
   * the second of its user's revocation counts as issued before it.
   */
  public boolean isRevoked(Principal.User user) {
    Instant userRevoked = revoked.get(new RevokedUser(user.tenant(), user.user()));
    return (userRevoked != null && !user.issued().isAfter(userRevoked))
        || (user.tokenId() != null
            && revoked.containsKey(new RevokedToken(user.tenant(), user.tokenId())));
  }
}
