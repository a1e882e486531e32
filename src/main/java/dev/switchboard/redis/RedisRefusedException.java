package dev.switchboard.redis;

/**
 * Redis was not reached or refused the command; nothing was changed. Has no stack trace: an outage
 * causes many of these, and where the answer was read says nothing.
 */
public class RedisRefusedException extends RuntimeException {
  public RedisRefusedException(String message, Throwable cause) {
    super(message, cause, true, false);
  }

  public RedisRefusedException(String message) {
    super(message, null, true, false);
  }
}
