package dev.switchboard.redis.connection;

import dev.switchboard.redis.RedisRefusedException;

/** A node of a cluster redirected a command to another node; it did not carry it out. */
final class RedirectedException extends RedisRefusedException {
  private final transient ServerAddress to;
  private final boolean once;

  private RedirectedException(String message, ServerAddress to, boolean once, Throwable cause) {
    super(message, cause);
    this.to = to;
    this.once = once;
  }

  /**
   * Reads {@code MOVED 3999 host:port} or {@code ASK 3999 host:port}; without an address it is a
   * refusal like any other.
   */
  static RedisRefusedException parse(String message, ServerAddress from, Throwable cause) {
    String address = message.substring(message.lastIndexOf(' ') + 1);
    // A node that does not know its name leaves the host out: it is the node that was asked.
    ServerAddress named;
    try {
      named = ServerAddress.parse(address);
    } catch (IllegalArgumentException noAddress) {
      return new RedisRefusedException("Redis refused: " + message, cause);
    }
    boolean unnamed = named.host().isEmpty() || named.host().equals("?");
    ServerAddress to = unnamed ? new ServerAddress(from.host(), named.port()) : named;
    return new RedirectedException(
        "Redis refused: " + message, to, message.startsWith("ASK"), cause);
  }

  ServerAddress to() {
    return to;
  }

  /** Whether the redirection is for this command only, because the slot is still migrating. */
  boolean isOnce() {
    return once;
  }
}
