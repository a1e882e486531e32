package dev.switchboard.sessions.session;

/**
 * What a session's client knows of its position: how old that is, and how much has gone by in the
 * logs since. A client that knew too old a place could not resume from it.
 */
public final class SentPosition {
  private long toldAt;
  private long movedThen;

  /** It has none yet; its age counts from here. */
  SentPosition(long now) {
    this.toldAt = now;
  }

  /** It was told now; {@code moved} is what has gone by in its logs so far. */
  public void told(long now, long moved) {
    toldAt = now;
    movedThen = moved;
  }

  /** How long ago it was told, in nanoseconds. */
  public long age(long now) {
    return now - toldAt;
  }

  /** How much has gone by since then; 0 if its position is still the same. */
  public long movedSince(long moved) {
    return moved - movedThen;
  }
}
