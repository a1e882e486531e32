package dev.switchboard.redis;

import io.vertx.core.Future;
import java.util.List;

/**
 * Sends commands and never waits for ever: within the configured timeout a call has a connection,
 * and within as long again an answer. A call for a slot of a cluster that is being moved is made
 * again, until the timeout has passed since the first time.
 *
 * <p>Failures are {@link RedisRefusedException} (surely no effect) or {@link
 * RedisOutcomeUnknownException}. Commands of one caller on one event loop are carried out in the
 * order of their calls while the connection holds; in a cluster, or with several connections, this
 * is true of the commands for one key, but for those that were under way together when a slot began
 * to be moved.
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
   * The result of a write to that key's server, once as many replicas have it as {@code
   * redis.waitReplicas} asks for, or the time for that is over. The write must have been sent by
   * these commands.
   */
  <T> Future<T> replicated(String key, Future<T> write);

  /** Publishes from every server that holds keys; answers how many of them did. */
  Future<Integer> publishEverywhere(String channel, String message);

  /** Closes the connections; later calls fail. */
  Future<Void> close();
}
