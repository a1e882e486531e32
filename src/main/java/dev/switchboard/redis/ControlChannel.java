package dev.switchboard.redis;

import dev.switchboard.bus.ControlCommand;
import dev.switchboard.bus.ControlCommand.Kind;
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
 * Orders to sessions, told to every node over the control channel; what ends sessions is kept as
 * well, for nodes that did not hear it.
 */
public final class ControlChannel {
  /** Tokens must not live longer than their revocation is remembered. */
  public static final Duration REMEMBERED = Duration.ofDays(30);

  /** Longer than any node is cut off and still keeps its sockets. */
  private static final Duration DISCONNECTS_REMEMBERED = Duration.ofDays(1);

  private static final LuaScript GIVE = LuaScript.load("control/give_order");

  private final RedisCommands redis;
  private final Keys keys;

  /** Over the commands of one event loop. */
  public ControlChannel(RedisCommands redis, Keys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  /** Gives an order; answers the time Redis gave it. */
  public Future<Instant> give(
      Kind kind, TenantId tenant, @Nullable UserId user, @Nullable String tokenId) {
    JsonObject order =
        new JsonObject()
            .put("kind", kind.name().toLowerCase(Locale.ROOT))
            .put("tenant_id", tenant.value());
    if (user != null) {
      order.put("user_id", user.value());
    }
    if (tokenId != null) {
      order.put("jti", tokenId);
    }
    String text = order.encode();
    boolean disconnect = kind == Kind.DISCONNECT;
    return GIVE.call(
            redis,
            List.of(disconnect ? keys.disconnects() : keys.revocations()),
            List.of(
                keys.controlChannel(),
                text.substring(0, text.length() - 1),
                kind.isRevocation() || disconnect ? "1" : "0",
                (disconnect ? DISCONNECTS_REMEMBERED : REMEMBERED).toMillis()))
        .map(reply -> Instant.ofEpochMilli(reply.number()));
  }

  /** The revocations of a time and later. */
  public Future<List<ControlCommand>> since(Instant from) {
    return read(keys.revocations(), from);
  }

  /** The disconnects of a time and later. */
  public Future<List<ControlCommand>> disconnectsSince(Instant from) {
    return read(keys.disconnects(), from);
  }

  /** The clock by which orders are dated. */
  public Future<Instant> time() {
    return redis
        .send("time", List.of())
        .map(
            reply ->
                Instant.ofEpochSecond(
                    Long.parseLong(reply.at(0).text()),
                    Long.parseLong(reply.at(1).text()) * 1_000));
  }

  private Future<List<ControlCommand>> read(String key, Instant from) {
    return redis
        .send("zrangebyscore", List.of(key, from.toEpochMilli(), "+inf"))
        .map(
            reply ->
                reply.list().stream()
                    .map(part -> parse(part.bytes()))
                    .filter(Objects::nonNull)
                    .toList());
  }

  /** Reads an order as it stands on the control channel; null if it is none. */
  public static @Nullable ControlCommand parse(byte[] message) {
    try {
      JsonObject json = new JsonObject(Buffer.buffer(message));
      String user = json.getString("user_id");
      return new ControlCommand(
          Kind.valueOf(json.getString("kind", "").toUpperCase(Locale.ROOT)),
          new TenantId(json.getString("tenant_id", "")),
          user == null ? null : new UserId(user),
          json.getString("jti"),
          Instant.ofEpochMilli(json.getLong("at", 0L)));
    } catch (DecodeException | ClassCastException | IllegalArgumentException e) {
      return null;
    }
  }
}
