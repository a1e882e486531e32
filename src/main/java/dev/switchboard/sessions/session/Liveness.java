package dev.switchboard.sessions.session;

/**
 * When a session's peer last gave a sign of life, and was last asked for one; in nanoseconds, as
 * {@link SessionTime} counts them.
 */
public final class Liveness {
  private long lastRead;
  private long lastPing;

  /** It was just there. */
  Liveness(long now) {
    this.lastRead = now;
    this.lastPing = now;
  }

  /** The peer gave a sign of life. */
  public void heard(long now) {
    lastRead = now;
  }

  /** The peer was asked for one. */
  public void pinged(long now) {
    lastPing = now;
  }

  /** Leaves a time out of the silence in which this node itself stalled and read nothing. */
  public void excuse(long stalledNanos, long now) {
    lastRead = Math.min(now, lastRead + stalledNanos);
  }

  /** How long nothing was heard. */
  public long silence(long now) {
    return now - lastRead;
  }

  /** How long it was not asked. */
  public long sincePing(long now) {
    return now - lastPing;
  }
}
