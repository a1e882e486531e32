package dev.switchboard.redis;

import dev.switchboard.event.Reason;

/**
 * Redis can't be used as configured; certainly nothing was changed. The message is one line that
 * says what is wrong and how to fix it.
 */
public final class RedisProblemException extends RedisRefusedException {
  /** How far the servers that hold the data still work. */
  public enum Extent {
    /** The servers do not answer, or not as needed. */
    UNUSABLE,
    /** The servers answer, but refuse writes. */
    WRITES_REFUSED,
    /** The servers take writes, but deny the ACL user channels: events are late. */
    CHANNELS_DENIED,
    /** The servers work; the problem is elsewhere, for example with a sentinel. */
    SERVING
  }

  private final Extent extent;

  private RedisProblemException(String message, Extent extent) {
    super(message);
    this.extent = extent;
  }

  private RedisProblemException(String message, Throwable cause, Extent extent) {
    super(message, cause);
    this.extent = extent;
  }

  public RedisProblemException(String message, Throwable cause) {
    this(message, cause, Extent.UNUSABLE);
  }

  public RedisProblemException(String message) {
    this(message, Extent.UNUSABLE);
  }

  /** A server answered a write with this error reply. */
  public static RedisProblemException writesRefused(String message, Throwable reply) {
    return new RedisProblemException(message, reply, Extent.WRITES_REFUSED);
  }

  /** The servers deny the ACL user commands or keys that writes need. */
  public static RedisProblemException rightsMissing(String message) {
    return new RedisProblemException(message, Extent.WRITES_REFUSED);
  }

  /** The servers take writes, but deny channels. */
  public static RedisProblemException channelsDenied(String message) {
    return new RedisProblemException(message, Extent.CHANNELS_DENIED);
  }

  /** Returns this problem with the extent {@link Extent#SERVING}. */
  public RedisProblemException whileServing() {
    return new RedisProblemException(Reason.of(this), this, Extent.SERVING);
  }

  public Extent extent() {
    return extent;
  }
}
