package dev.switchboard.redis;

/**
 * The answer did not come: the command may or may not have been carried out. Has no stack trace,
 * like {@link RedisRefusedException}.
 */
public final class RedisOutcomeUnknownException extends RuntimeException {
  public RedisOutcomeUnknownException(String message, Throwable cause) {
    super(message, cause, true, false);
  }
}
