package dev.switchboard.redis;

/**
 * Redis could not be reached or refused the command: certainly nothing was changed. Has no stack
 * trace: an outage causes many of these, and where the reply was read says nothing.
 */
public class RedisRefusedException extends RuntimeException {
  public RedisRefusedException(String message, Throwable cause) {
    super(message, cause, true, false);
  }

  public RedisRefusedException(String message) {
    super(message, null, true, false);
  }
}
