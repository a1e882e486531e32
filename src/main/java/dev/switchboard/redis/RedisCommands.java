package dev.switchboard.redis;

import io.vertx.core.Future;
import java.util.List;

/**
 * Sends commands to Redis with a time limit: a call gets a connection within the configured
 * timeout, and an answer within the same time after that. A call for a slot of a cluster that is
 * migrating is retried until the timeout has passed since the first attempt.
 *
 * <p>Failures are {@link RedisRefusedException} (certainly no effect) or {@link
 * RedisOutcomeUnknownException}. Redis carries out the commands of one caller on one event loop in
 * the order of the calls, while the connection holds. In a cluster, or with several connections,
 * this is true of the commands for one key, except those that were in flight together when its slot
 * began to migrate.
 */
public interface RedisCommands {
  /**
   * Sends one command.
   *
   * @param command its name in lower case
   * @param arguments each a String, byte[], Long or Integer
   */
  Future<Reply> send(String command, List<?> arguments);

  /**
   * Completes with the result of a write once as many replicas have it as {@code
   * redis.waitReplicas} asks for, or the time for that is over.
   *
   * @param key of the write
   * @param write sent by these commands before
   */
  <T> Future<T> replicated(String key, Future<T> write);

  /** Publishes on every server that holds keys; answers how many of them did. */
  Future<Integer> publishEverywhere(String channel, String message);

  /** Closes the connections; later calls fail. */
  Future<Void> close();
}
