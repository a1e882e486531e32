package dev.switchboard.redis;

/** No answer arrived: Redis may or may not have carried out the command. */
public final class RedisOutcomeUnknownException extends RuntimeException {
  public RedisOutcomeUnknownException(String message, Throwable cause) {
    super(message, cause);
  }
}
