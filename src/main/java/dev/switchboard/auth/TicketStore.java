package dev.switchboard.auth;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.LuaScript;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.Reply;
import dev.switchboard.redis.TenantLimit;
import dev.switchboard.redis.TenantLimits;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * Issues and redeems tickets, which browsers put into a URL instead of their token, because URLs
 * end up in logs. A connect ticket opens one socket within 30 seconds; a stream ticket is valid for
 * every reconnect until its token expires. Only digests are stored. Belongs to one event loop.
 */
public final class TicketStore {
  /** Maximum time from issuing a connect ticket to its use. */
  private static final Duration CONNECT_LIFETIME = Duration.ofSeconds(30);

  /** Member of a stored ticket whose stream must stay closed. */
  private static final String ENDED = "ended";

  private static final SecureRandom RANDOM = new SecureRandom();

  private final RedisCommands redis;
  private final Keys keys;
  private final TenantLimits limits;
  private final Roles roles;
  private final Revocations revocations;
  private final Clock clock;

  /** What decides whether a ticket is still valid. */
  public record Validity(Roles roles, Revocations revocations, Clock clock) {}

  public TicketStore(RedisCommands redis, Keys keys, TenantLimits limits, Validity validity) {
    this.redis = redis;
    this.keys = keys;
    this.limits = limits;
    this.roles = validity.roles();
    this.revocations = validity.revocations();
    this.clock = validity.clock();
  }

  /** Kinds of tickets: for a WebSocket or for an event stream. */
  public enum Kind {
    CONNECT,
    STREAM
  }

  /**
   * An issued ticket.
   *
   * @param reveal the secret for the URL
   * @param lifetime not negative
   */
  public record Ticket(String reveal, Kind kind, Duration lifetime) {
    @Override
    public String toString() {
      return "Ticket[kind=" + kind + ", lifetime=" + lifetime + "]";
    }
  }

  /**
   * Issues a ticket for a user; fails if Redis does, and with a {@link
   * dev.switchboard.redis.LimitReachedException} if the user has too many.
   */
  public Future<Ticket> issue(Principal.User user, Kind kind) {
    byte[] bits = new byte[24];
    RANDOM.nextBytes(bits);
    String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    Ticket ticket = new Ticket(secret, kind, lifetime(user, kind));
    long millis = Math.max(1, ticket.lifetime().toMillis());
    String key = key(secret, kind);
    return count(user, key, millis)
        .compose(counted -> redis.send("set", List.of(key, write(user), "px", millis)))
        .map(stored -> ticket);
  }

  private Future<Void> count(Principal.User user, String key, long millis) {
    int maximum = limits.config().ticketsPerUser();
    String digest = key.substring(key.lastIndexOf(':') + 1);
    return LuaScript.COUNT_TICKET
        .call(
            redis,
            List.of(keys.tickets(user.tenant(), user.user())),
            List.of(digest, millis, maximum))
        .map(
            counted -> {
              boolean full = counted.number() == 0;
              limits.used(TenantLimit.TICKETS, full ? maximum : counted.number(), maximum);
              if (full) {
                throw limits.reached(user.tenant(), TenantLimit.TICKETS);
              }
              return null;
            });
  }

  private Duration lifetime(Principal.User user, Kind kind) {
    Duration untilExpiry = Duration.between(clock.instant(), user.expires());
    Duration lifetime =
        kind == Kind.CONNECT && untilExpiry.compareTo(CONNECT_LIFETIME) > 0
            ? CONNECT_LIFETIME
            : untilExpiry;
    return lifetime.isNegative() ? Duration.ZERO : lifetime;
  }

  private static String write(Principal.User user) {
    return new JsonObject()
        .put("tenant", user.tenant().value())
        .put("user", user.user().value())
        .put("role", user.role().name())
        .put("issued", user.issued().getEpochSecond())
        .put("expires", user.expires().getEpochSecond())
        .put("jti", user.tokenId())
        .encode();
  }

  /**
   * Returns the user that a ticket was issued to; fails with {@link AuthException} if it is not
   * valid. GETDEL makes a connect ticket valid once only.
   */
  public Future<Principal> redeem(String ticket, Kind kind) {
    return redis
        .send(kind == Kind.CONNECT ? "getdel" : "get", List.of(key(ticket, kind)))
        .recover(
            failure ->
                Future.failedFuture(
                    AuthException.unavailable("tickets can't be checked at the moment")))
        .compose(this::principal);
  }

  private Future<Principal> principal(Reply stored) {
    if (stored.isNil()) {
      return refused("the ticket is unknown, used or expired");
    }
    Principal.User user;
    try {
      JsonObject json = new JsonObject(stored.text());
      if (json.containsKey(ENDED)) {
        return Future.failedFuture(AuthException.ended("the stream must not be opened again"));
      }
      user = read(json);
    } catch (RuntimeException malformed) {
      return refused("the ticket is malformed");
    }
    return revocations.isRevoked(user)
        ? refused("the token was revoked")
        : Future.succeededFuture(user);
  }

  /** Throws a {@link RuntimeException} if the JSON is malformed. */
  private Principal.User read(JsonObject json) {
    return new Principal.User(
        new TenantId(json.getString("tenant", "")),
        new UserId(json.getString("user", "")),
        roles.of(json.getString("role", "")),
        Instant.ofEpochSecond(json.getLong("issued", 0L)),
        Instant.ofEpochSecond(json.getLong("expires", 0L)),
        json.getString("jti"));
  }

  /**
   * Makes a stream ticket fail with {@link AuthException.Kind#ENDED} from now on, as its stream was
   * told not to reconnect.
   */
  public Future<Void> end(String streamTicket) {
    String ended = new JsonObject().put(ENDED, true).encode();
    return redis
        .send("set", List.of(key(streamTicket, Kind.STREAM), ended, "xx", "keepttl"))
        .mapEmpty();
  }

  private static <T> Future<T> refused(String message) {
    return Future.failedFuture(AuthException.refused(message));
  }

  private String key(String ticket, Kind kind) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(ticket.getBytes(StandardCharsets.UTF_8));
      String hash = HexFormat.of().formatHex(digest);
      return kind == Kind.CONNECT ? keys.connectTicket(hash) : keys.streamTicket(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
