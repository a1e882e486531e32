package dev.switchboard.redis;

/** Redis could not be reached or refused the command: certainly nothing was changed. */
public class RedisRefusedException extends RuntimeException {
  public RedisRefusedException(String message, Throwable cause) {
    super(message, cause);
  }

  public RedisRefusedException(String message) {
    super(message);
  }
}
