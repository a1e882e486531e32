package dev.switchboard.redis;

/**
 * Redis can't be used as configured; certainly nothing was changed. The message is one line that
 * says what is wrong and how to fix it.
 */
public final class RedisProblemException extends RedisRefusedException {
  private final boolean serving;

  private RedisProblemException(String message, Throwable cause, boolean serving) {
    super(message, cause);
    this.serving = serving;
  }

  public RedisProblemException(String message, Throwable cause) {
    this(message, cause, false);
  }

  public RedisProblemException(String message) {
    super(message);
    this.serving = false;
  }

  /** The same problem, found while the servers that hold the data still answer. */
  public RedisProblemException whileServing() {
    return new RedisProblemException(String.valueOf(getMessage()), this, true);
  }

  /** Whether the servers that hold the data still answer. */
  public boolean isServing() {
    return serving;
  }
}
