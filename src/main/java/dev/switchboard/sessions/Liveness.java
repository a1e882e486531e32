package dev.switchboard.sessions;

/**
 * When a session's peer last gave a sign of life, and was last asked for one; in nanoseconds, as
 * {@link SessionTime} counts them.
 */
final class Liveness {
  private long lastRead;
  private long lastPing;

  /** It was just there. */
  Liveness(long now) {
    this.lastRead = now;
    this.lastPing = now;
  }

  /** The peer gave a sign of life. */
  void heard(long now) {
    lastRead = now;
  }

  /** The peer was asked for one. */
  void pinged(long now) {
    lastPing = now;
  }

  /** How long nothing was heard. */
  long silence(long now) {
    return now - lastRead;
  }

  /** How long it was not asked. */
  long sincePing(long now) {
    return now - lastPing;
  }
}
