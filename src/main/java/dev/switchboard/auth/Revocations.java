package dev.switchboard.auth;

import dev.switchboard.auth.AuthException.Check;
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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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

  private final Duration leeway;
  private final Clock clock;
  private final ConcurrentMap<Revoked, Instant> revoked = new ConcurrentHashMap<>();
  private Instant readUntil = Instant.EPOCH;
  private Instant forgotAt = Instant.EPOCH;
  private volatile @Nullable RepeatingTask polling;

  /**
   * Knows of no revocation yet.
   *
   * @param leeway by how much the clocks of the issuers of tokens may differ from Redis's
   */
  public Revocations(Duration leeway, Clock clock) {
    this.leeway = leeway;
    this.clock = clock;
  }

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

  /** Reads back to the last successful read, regardless of what the channel brought since. */
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

  /**
   * Returns why the caller's token is refused; null if it was not revoked, or if the caller has no
   * token. Near the time of a revocation the answer is to wait and to request a new token: that it
   * was revoked may not be true of this one, and clients give up when a new token is refused.
   */
  @Nullable AuthException refusal(Principal caller) {
    if (!isRevoked(caller)) {
      return null;
    }
    Duration wait = caller instanceof Principal.User user ? wait(user) : Duration.ZERO;
    return wait.isZero()
        ? AuthException.refused(Check.REVOCATION, "the token was revoked")
        : AuthException.unavailable(
            Check.REVOCATION,
            wait,
            "the token was issued too close to a revocation of the user's tokens; request a new"
                + " one in "
                + wait.toSeconds()
                + " s");
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
   * Whether the user's token was revoked. A token counts as issued before the revocation of its
   * user's tokens unless it was certainly issued after it: its time of issue is in whole seconds,
   * of a clock that may be ahead by the leeway.
   */
  public boolean isRevoked(Principal.User user) {
    Instant userRevoked = userRevoked(user);
    return isTokenRevoked(user)
        || (userRevoked != null && !user.issued().isAfter(userRevoked.plus(leeway)));
  }

  private boolean isTokenRevoked(Principal.User user) {
    return user.tokenId() != null
        && revoked.containsKey(new RevokedToken(user.tenant(), user.tokenId()));
  }

  private @Nullable Instant userRevoked(Principal.User user) {
    return revoked.get(new RevokedUser(user.tenant(), user.user()));
  }

  /**
   * How long until a new token is certainly newer than the revocation, in whole seconds; zero if
   * that time is over, or if this token is certainly older.
   */
  private Duration wait(Principal.User user) {
    Instant at = userRevoked(user);
    if (at == null || isTokenRevoked(user) || user.issued().isBefore(earliestUnclear(at))) {
      return Duration.ZERO;
    }
    Duration left = Duration.between(clock.instant(), at.plus(leeway).plusSeconds(1));
    boolean over = left.plus(leeway).isNegative();
    return over ? Duration.ZERO : Duration.ofSeconds(Math.max(1, left.toSeconds()));
  }

  /** The time of issue, in whole seconds, of a token from a clock that is behind by the leeway. */
  private Instant earliestUnclear(Instant at) {
    return at.minus(leeway).truncatedTo(ChronoUnit.SECONDS);
  }
}
