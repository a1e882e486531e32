package dev.switchboard.sessions;

/**
 * What a session's client knows of its position: how old that is, and how much has gone by in the
 * logs since. A client that knew too old a place could not resume from it.
 */
final class ToldPosition {
  private long toldAt;
  private long movedThen;

  /** It has none yet; its age counts from here. */
  ToldPosition(long now) {
    this.toldAt = now;
  }

  /** It was told now; {@code moved} as {@link LogStreams#moved} says. */
  void told(long now, long moved) {
    toldAt = now;
    movedThen = moved;
  }

  /** How long ago it was told, in nanoseconds. */
  long age(long now) {
    return now - toldAt;
  }

  /** How much has gone by since then; 0 if its position is still the same. */
  long movedSince(long moved) {
    return moved - movedThen;
  }
}
