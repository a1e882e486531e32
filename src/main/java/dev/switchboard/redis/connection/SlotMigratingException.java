package dev.switchboard.redis.connection;

import dev.switchboard.redis.RedisRefusedException;

/** The keys of a slot are on two nodes at the moment; neither carried out the command. */
final class SlotMigratingException extends RedisRefusedException {
  SlotMigratingException(String message, Throwable cause) {
    super(message, cause);
  }
}
