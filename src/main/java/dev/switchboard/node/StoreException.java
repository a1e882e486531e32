package dev.switchboard.node;

import dev.switchboard.config.OperatorException;
import dev.switchboard.config.PostgresConfig;
import dev.switchboard.event.Reason;
import dev.switchboard.postgres.PostgresFault;
import dev.switchboard.redis.RedisProblemException;

/** Redis or Postgres can't be used when the node or a command starts. */
public final class StoreException extends OperatorException {
  private StoreException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Returns why the Redis at {@code address} can't be used: a problem found there, or no answer.
   */
  public static StoreException redis(String address, Throwable failure) {
    return failure instanceof RedisProblemException
        ? new StoreException(Reason.of(failure), failure)
        : unreachable("Redis", address, failure);
  }

  /** Whether a Redis that can't be used may be usable soon; it is not if it was examined. */
  static boolean mayBeStarting(Throwable failure) {
    return !(failure instanceof RedisProblemException) || failure.getCause() != null;
  }

  /**
   * Returns why the Postgres of {@code config} can't be reached, used or migrated.
   *
   * @param name how the message names the server
   */
  public static StoreException postgres(String name, PostgresConfig config, Throwable failure) {
    return new StoreException(PostgresFault.message(name, config, failure), failure);
  }

  private static StoreException unreachable(String store, String address, Throwable failure) {
    return new StoreException(
        store + " at " + address + " can't be reached: " + rootReason(failure), failure);
  }

  private static String rootReason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return Reason.of(root).lines().findFirst().orElse("no reason given");
  }
}
