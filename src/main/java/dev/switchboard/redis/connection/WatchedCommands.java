package dev.switchboard.redis.connection;

import dev.switchboard.redis.RedisCommands;
import io.vertx.core.Future;

/** Commands that can check whether all servers behind them answer. */
interface WatchedCommands extends RedisCommands {

  /**
   * Checks that every needed server answers, and looks for changes among them.
   *
   * @return fails with the problem to show to an operator
   */
  Future<Void> check();
}
