package dev.switchboard.auth;

import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.Reply;
import io.vertx.core.Future;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * Tickets: what a browser puts into an address instead of its token, because addresses end up in
 * logs. A connect ticket opens one socket within half a minute; a stream ticket is good for every
 * reconnect until its token ends. Only their digest is stored. Over one event loop's commands.
 */
public final class TicketStore {
  /** How long a connect ticket waits to be used. */
  public static final Duration CONNECT_LIFETIME = Duration.ofSeconds(30);

  private static final SecureRandom RANDOM = new SecureRandom();

  private final RedisCommands redis;
  private final Keys keys;
  private final Roles roles;
  private final Revocations revocations;

  /** For the deployment's roles and revocations. */
  public TicketStore(RedisCommands redis, Keys keys, Roles roles, Revocations revocations) {
    this.redis = redis;
    this.keys = keys;
    this.roles = roles;
    this.revocations = revocations;
  }

  /** What a ticket opens. */
  public enum Kind {
    CONNECT,
    STREAM
  }

  /** Makes a ticket in the name of a user. */
  public Future<String> issue(Principal.User user, Kind kind) {
    byte[] bits = new byte[24];
    RANDOM.nextBytes(bits);
    String ticket = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    long untilExpiry = user.expires().toEpochMilli() - System.currentTimeMillis();
    long millis =
        kind == Kind.CONNECT ? Math.min(CONNECT_LIFETIME.toMillis(), untilExpiry) : untilExpiry;
    return redis
        .send("set", List.of(key(ticket, kind), write(user), "px", Math.max(1, millis)))
        .map(stored -> ticket);
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

  /** Proves a ticket; fails with {@link AuthException}. GETDEL makes it good for one use only. */
  public Future<Principal> redeem(String ticket, Kind kind) {
    return redis
        .send(kind == Kind.CONNECT ? "getdel" : "get", List.of(key(ticket, kind)))
        .recover(
            failure ->
                Future.failedFuture(
                    new AuthException(
                        AuthException.Kind.UNAVAILABLE, "tickets can't be checked at the moment")))
        .compose(this::principal);
  }

  private Future<Principal> principal(Reply stored) {
    if (stored.isNil()) {
      return refused("the ticket is unknown, used or too old");
    }
    try {
      JsonObject json = new JsonObject(stored.text());
      Principal.User user =
          new Principal.User(
              new TenantId(json.getString("tenant", "")),
              new UserId(json.getString("user", "")),
              roles.of(json.getString("role", "")),
              Instant.ofEpochSecond(json.getLong("issued", 0L)),
              Instant.ofEpochSecond(json.getLong("expires", 0L)),
              json.getString("jti"));
      return revocations.cover(user)
          ? refused("the token was revoked")
          : Future.succeededFuture(user);
    } catch (DecodeException | InvalidNameException | ClassCastException e) {
      return refused("the ticket is unreadable");
    }
  }

  private static <T> Future<T> refused(String words) {
    return Future.failedFuture(new AuthException(AuthException.Kind.REFUSED, words));
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
