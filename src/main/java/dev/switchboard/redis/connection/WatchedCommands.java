package dev.switchboard.redis.connection;

import dev.switchboard.redis.RedisCommands;
import io.vertx.core.Future;

/** A command path that can tell whether everything behind it answers. */
interface WatchedCommands extends RedisCommands {

  /**
   * Looks at every server that is needed, and for changes among them.
   *
   * @return fails with what a person should know
   */
  Future<Void> look();
}
