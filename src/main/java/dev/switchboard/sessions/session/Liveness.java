package dev.switchboard.sessions.session;

/**
 * When something was last received from a session's client, and when it was last pinged; in
 * nanoseconds, as {@link SessionTime#nanos} counts.
 */
public final class Liveness {
  private long lastReceived;
  private long lastPing;

  /** Counts as received from and as pinged at {@code now}. */
  Liveness(long now) {
    this.lastReceived = now;
    this.lastPing = now;
  }

  /** Something was received from the client. */
  public void received(long now) {
    lastReceived = now;
  }

  /** The client was sent a ping. */
  public void pinged(long now) {
    lastPing = now;
  }

  /** Leaves out of the silence a time in which this node itself stalled and read nothing. */
  public void excuse(long stalledNanos, long now) {
    lastReceived = Math.min(now, lastReceived + stalledNanos);
  }

  /** Nanoseconds since something was received. */
  public long silence(long now) {
    return now - lastReceived;
  }

  /** Nanoseconds since the last ping. */
  public long sincePing(long now) {
    return now - lastPing;
  }
}
