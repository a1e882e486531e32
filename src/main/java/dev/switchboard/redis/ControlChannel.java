package dev.switchboard.redis;

import dev.switchboard.bus.ControlCommand;
import dev.switchboard.bus.ControlCommand.Disconnect;
import dev.switchboard.bus.ControlCommand.EndSession;
import dev.switchboard.bus.ControlCommand.Ending;
import dev.switchboard.bus.ControlCommand.ReadInbox;
import dev.switchboard.bus.ControlCommand.Revocation;
import dev.switchboard.bus.ControlCommand.RevokeToken;
import dev.switchboard.bus.ControlCommand.RevokeTokenOfAllTenants;
import dev.switchboard.bus.ControlCommand.RevokeUser;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sends control commands to every node over the control channel. Revocations and disconnects are
 * also stored, for nodes that miss the message.
 *
 * <p>A token of all tenants goes over the wire as a token of the tenant {@code all}, with {@code "*
 * "} before its id.
 */
public final class ControlChannel {
  /** How long a revocation is stored; a token must not live longer. */
  public static final Duration REVOCATIONS_KEPT = Duration.ofDays(30);

  /** Longer than a node can be cut off from Redis and still keep its sockets open. */
  private static final Duration DISCONNECTS_KEPT = Duration.ofDays(1);

  /** Comes before the id of a token of all tenants; the id of no other token begins with it. */
  public static final String OF_ALL_TENANTS = "* ";

  private static final TenantId ALL_TENANTS = new TenantId("all");

  private final RedisCommands redis;
  private final Keys keys;
  private final @Nullable TenantLimits limits;

  /** Over the commands of one event loop, for what the server itself commands: not limited. */
  public ControlChannel(RedisCommands redis, Keys keys) {
    this.redis = redis;
    this.keys = keys;
    this.limits = null;
  }

  /** Over the commands of one event loop, for what tenants command, within their limits. */
  public ControlChannel(RedisCommands redis, Keys keys, TenantLimits limits) {
    this.redis = redis;
    this.keys = keys;
    this.limits = limits;
  }

  /** Ends the sessions of a user; returns the Redis time of the command. */
  public Future<Instant> disconnect(TenantId tenant, UserId user) {
    return give(
        command("disconnect", tenant).put("user_id", user.value()),
        keys.disconnects(),
        DISCONNECTS_KEPT);
  }

  /** Ends one session of a user; returns the Redis time of the command. */
  public Future<Instant> endSession(TenantId tenant, UserId user, String session) {
    return give(
        command("end_session", tenant).put("user_id", user.value()).put("session", session),
        keys.disconnects(),
        DISCONNECTS_KEPT);
  }

  /** Revokes the tokens of a user; returns the Redis time of the command. */
  public Future<Instant> revokeUser(TenantId tenant, UserId user) {
    return revoke(command("revoke_user", tenant).put("user_id", user.value()));
  }

  /** Revokes a token of a tenant; answers the time of the command. */
  public Future<Instant> revokeToken(TenantId tenant, String tokenId) {
    return revoke(command("revoke_token", tenant).put("jti", tokenId));
  }

  /** Revokes a token of all tenants; answers the time of the command. */
  public Future<Instant> revokeTokenOfAllTenants(String tokenId) {
    return revoke(command("revoke_token", ALL_TENANTS).put("jti", OF_ALL_TENANTS + tokenId));
  }

  /** Makes the sessions of a user read their inbox; answers the time of the command. */
  public Future<Instant> readInbox(TenantId tenant, UserId user) {
    return give(
        command("read_inbox", tenant).put("user_id", user.value()),
        keys.revocations(),
        Duration.ZERO);
  }

  private static JsonObject command(String kind, TenantId tenant) {
    return new JsonObject().put("kind", kind).put("tenant_id", tenant.value());
  }

  private Future<Instant> revoke(JsonObject command) {
    return give(command, keys.revocations(), REVOCATIONS_KEPT);
  }

  /**
   * Publishes a command and stores it below a key for {@code kept}, unless that is zero. Fails with
   * a {@link LimitReachedException} if the tenant has stored too many.
   */
  private Future<Instant> give(JsonObject command, String key, Duration kept) {
    String text = command.encode();
    TenantId tenant = new TenantId(command.getString("tenant_id"));
    return LuaScript.SEND_COMMAND
        .call(
            redis,
            List.of(key, keys.commandCounts(key)),
            List.of(
                keys.controlChannel(),
                text.substring(0, text.length() - 1),
                kept.isZero() ? "0" : "1",
                kept.toMillis(),
                tenant,
                limits == null ? Integer.MAX_VALUE : limits.config().commands()))
        .map(reply -> given(tenant, reply.number()));
  }

  private Instant given(TenantId tenant, long millis) {
    if (millis == 0 && limits != null) {
      throw limits.reached(tenant, TenantLimit.COMMANDS);
    }
    return Instant.ofEpochMilli(millis);
  }

  /** The stored revocations of that time and later. */
  public Future<List<Revocation>> revocationsSince(Instant from) {
    return stored(keys.revocations(), from, Revocation.class);
  }

  /** The stored commands of that time and later that end sessions. */
  public Future<List<Ending>> endingsSince(Instant from) {
    return stored(keys.disconnects(), from, Ending.class);
  }

  private <T extends ControlCommand> Future<List<T>> stored(
      String key, Instant from, Class<T> type) {
    return redis
        .send("zrangebyscore", List.of(key, from.toEpochMilli(), "+inf"))
        .map(
            reply ->
                reply.list().stream()
                    .map(part -> parse(part.bytes()))
                    .filter(type::isInstance)
                    .map(type::cast)
                    .toList());
  }

  /** The time now, by the clock that dates commands. */
  public Future<Instant> time() {
    return RedisTime.now(redis);
  }

  /** Reads a message of the control channel; null if it is not a control command. */
  public static @Nullable ControlCommand parse(byte[] message) {
    try {
      JsonObject json = new JsonObject(Buffer.buffer(message));
      json.getMap().values().removeIf(Objects::isNull);
      TenantId tenant = new TenantId(json.getString("tenant_id", ""));
      Instant at = Instant.ofEpochMilli(json.getLong("at", 0L));
      return switch (json.getString("kind", "").toLowerCase(Locale.ROOT)) {
        case "disconnect" -> new Disconnect(tenant, user(json), at);
        case "end_session" -> new EndSession(tenant, user(json), json.getString("session", ""), at);
        case "read_inbox" -> new ReadInbox(tenant, user(json), at);
        case "revoke_user" -> new RevokeUser(tenant, user(json), at);
        case "revoke_token" -> tokenRevocation(tenant, json.getString("jti"), at);
        default -> null;
      };
    } catch (DecodeException | ClassCastException | IllegalArgumentException e) {
      return null;
    }
  }

  private static UserId user(JsonObject json) {
    return new UserId(json.getString("user_id", ""));
  }

  private static @Nullable Revocation tokenRevocation(
      TenantId tenant, @Nullable String tokenId, Instant at) {
    if (tokenId == null) {
      return null;
    }
    return tenant.equals(ALL_TENANTS) && tokenId.startsWith(OF_ALL_TENANTS)
        ? new RevokeTokenOfAllTenants(tokenId.substring(OF_ALL_TENANTS.length()), at)
        : new RevokeToken(tenant, tokenId, at);
  }
}
