package dev.switchboard.redis.connection;

import dev.switchboard.redis.RedisRefusedException;

/** The keys of a slot are on two servers at the moment; neither did anything. */
final class SlotMigratingException extends RedisRefusedException {
  SlotMigratingException(String message, Throwable cause) {
    super(message, cause);
  }
}
