package dev.switchboard.redis;

/** Redis was not reached or refused the command: surely nothing was changed. */
public class RedisRefusedException extends RuntimeException {
  public RedisRefusedException(String message, Throwable cause) {
    super(message, cause);
  }

  public RedisRefusedException(String message) {
    super(message);
  }
}
