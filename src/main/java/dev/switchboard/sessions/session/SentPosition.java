package dev.switchboard.sessions.session;

/**
 * When a session's client was last sent its position, and how much its logs have moved since. A
 * client whose position is too old could not resume from it.
 */
public final class SentPosition {
  private long sentAt;
  private long movedThen;

  /** Nothing was sent yet; the age counts from {@code now}. */
  SentPosition(long now) {
    this.sentAt = now;
  }

  /** The position was sent at {@code now}, when the logs had moved by {@code moved} in all. */
  public void sent(long now, long moved) {
    sentAt = now;
    movedThen = moved;
  }

  /** Nanoseconds since the position was sent. */
  public long age(long now) {
    return now - sentAt;
  }

  /** How much the logs moved since then; 0 if the position is still the same. */
  public long movedSince(long moved) {
    return moved - movedThen;
  }
}
