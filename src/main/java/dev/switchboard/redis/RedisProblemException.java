package dev.switchboard.redis;

/**
 * Redis can't be used as configured; certainly nothing was changed. The message is one line that
 * says what is wrong and how to fix it.
 */
public final class RedisProblemException extends RedisRefusedException {
  /** What the servers that hold the data do in spite of the problem. */
  public enum Extent {
    /** They do not answer, or not as needed. */
    UNUSABLE,
    /** They answer, but refuse to write. */
    WRITES_REFUSED,
    /** They work; the problem is elsewhere, for example with a sentinel. */
    SERVING
  }

  private final Extent extent;

  private RedisProblemException(String message, Throwable cause, Extent extent) {
    super(message, cause);
    this.extent = extent;
  }

  public RedisProblemException(String message, Throwable cause) {
    this(message, cause, Extent.UNUSABLE);
  }

  public RedisProblemException(String message) {
    super(message);
    this.extent = Extent.UNUSABLE;
  }

  /** A server answered a write with this error reply. */
  public static RedisProblemException writesRefused(String message, Throwable reply) {
    return new RedisProblemException(message, reply, Extent.WRITES_REFUSED);
  }

  /** The same problem, found while the servers that hold the data work. */
  public RedisProblemException whileServing() {
    return new RedisProblemException(String.valueOf(getMessage()), this, Extent.SERVING);
  }

  public Extent extent() {
    return extent;
  }
}
