package dev.switchboard.redis.connection;

import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisProblemException;
import dev.switchboard.redis.Slots;
import io.vertx.core.Future;
import io.vertx.redis.client.impl.types.ErrorType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a key that expires at once to find out whether a server takes writes. A server that is
 * full, became a replica or can't save still answers PING and reads, so these prove nothing.
 */
final class WriteProbe {
  private static final int EXPIRY_MILLIS = 1_000;
  private static final int MAX_KEYS_TRIED = 1_000_000;

  private WriteProbe() {}

  /**
   * Probes the only server.
   *
   * @return fails with a {@link RedisProblemException} of {@code WRITES_REFUSED} if the server
   *     answered with an error, and with any other failure if it did not answer
   */
  static Future<Void> run(CommandPool server) {
    return write(server, Keys.writeProbe(0), "Redis");
  }

  /** Probes one master of a cluster, with a key in one of its slots; failures as for one server. */
  static Future<Void> run(CommandPool server, ServerAddress master, SlotMap map) {
    for (int number = 0; number < MAX_KEYS_TRIED; number++) {
      String key = Keys.writeProbe(number);
      if (master.equals(map.owner(Slots.of(key)))) {
        return write(server, key, "Redis at " + master);
      }
    }
    return Future.succeededFuture();
  }

  private static Future<Void> write(CommandPool server, String key, String name) {
    return server
        .send(Slots.of(key), "set", List.of(key, 1, "PX", EXPIRY_MILLIS))
        .<Void>mapEmpty()
        .recover(failure -> judge(name, failure));
  }

  /** A server that passes a command on because the slot of the key moves has no problem. */
  private static Future<Void> judge(String name, Throwable failure) {
    boolean moves =
        failure instanceof RedirectedException || failure instanceof SlotMigratingException;
    return moves ? Future.succeededFuture() : Future.failedFuture(problem(name, failure));
  }

  private static Throwable problem(String name, Throwable failure) {
    ErrorType reply = errorReply(failure);
    if (reply == null) {
      return failure;
    }
    String message =
        failure instanceof RedisProblemException
            ? String.valueOf(failure.getMessage())
            : name + " refuses writes: " + explain(reply);
    return RedisProblemException.writesRefused(message, failure);
  }

  private static @Nullable ErrorType errorReply(Throwable failure) {
    Throwable cause = failure;
    while (cause != null && !(cause instanceof ErrorType)) {
      cause = cause.getCause();
    }
    return cause instanceof ErrorType reply && !reply.is("CONNECTION_CLOSED") ? reply : null;
  }

  private static String explain(ErrorType reply) {
    if (reply.is("OOM")) {
      return "its memory is full; raise maxmemory or delete data that is not needed";
    }
    if (reply.is("READONLY")) {
      return "it is a replica; point redis.nodes to its master, or end the failover";
    }
    if (reply.is("MISCONF")) {
      return "it can't save to disk; see its log, and free or repair the disk";
    }
    if (reply.is("NOREPLICAS")) {
      return "too few replicas are connected; start them or lower min-replicas-to-write";
    }
    return String.valueOf(reply.getMessage());
  }
}
