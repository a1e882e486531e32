package dev.switchboard.redis.connection;

import dev.switchboard.redis.RedisCommands;
import io.vertx.core.Future;

/** Commands that can check whether all servers behind them take writes. */
interface WatchedCommands extends RedisCommands {

  /**
   * Checks that every needed server takes writes, and looks for changes among them.
   *
   * @return fails with the problem to show to an operator; {@link RedisState#of} classifies it
   */
  Future<Void> check();
}
