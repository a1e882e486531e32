package dev.switchboard.redis.connection;

import dev.switchboard.redis.RedisRefusedException;

/** A server of a cluster named another one for this slot; it did nothing itself. */
final class RedirectedException extends RedisRefusedException {
  private final transient ServerAddress to;
  private final boolean once;

  private RedirectedException(String message, ServerAddress to, boolean once, Throwable cause) {
    super(message, cause);
    this.to = to;
    this.once = once;
  }

  /** Reads {@code MOVED 3999 host:port} or {@code ASK 3999 host:port}. */
  static RedirectedException parse(String words, ServerAddress from, Throwable cause) {
    String address = words.substring(words.lastIndexOf(' ') + 1);
    // A server that does not know a name leaves the host out: it is the one that was asked.
    ServerAddress named = ServerAddress.parse(address);
    boolean unnamed = named.host().isEmpty() || named.host().equals("?");
    ServerAddress to = unnamed ? new ServerAddress(from.host(), named.port()) : named;
    return new RedirectedException("Redis refused: " + words, to, words.startsWith("ASK"), cause);
  }

  ServerAddress to() {
    return to;
  }

  /** Whether only this command belongs there, because the slot is still moving. */
  boolean isOnce() {
    return once;
  }
}
