package dev.switchboard.redis.connection;

import dev.switchboard.redis.RedisCommands;
import io.vertx.core.Future;

/** A command path that can check whether the servers behind it take writes. */
interface WatchedCommands extends RedisCommands {

  /**
   * Checks every server that is needed, and learns of changes among them.
   *
   * @return fails with what a person should know; {@link RedisState#of} classifies the failure
   */
  Future<Void> look();
}
