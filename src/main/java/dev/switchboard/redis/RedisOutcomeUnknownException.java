package dev.switchboard.redis;

/**
 * No answer arrived: Redis may or may not have carried out the command. Has no stack trace, like
 * {@link RedisRefusedException}.
 */
public final class RedisOutcomeUnknownException extends RuntimeException {
  public RedisOutcomeUnknownException(String message, Throwable cause) {
    super(message, cause, true, false);
  }
}
