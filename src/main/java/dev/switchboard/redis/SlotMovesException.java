package dev.switchboard.redis;

/** The keys of a slot are on two servers at the moment; neither did anything. */
final class SlotMovesException extends RedisRefusedException {
  SlotMovesException(String message, Throwable cause) {
    super(message, cause);
  }
}
