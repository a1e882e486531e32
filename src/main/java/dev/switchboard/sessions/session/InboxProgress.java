package dev.switchboard.sessions.session;

/** How far a session is with sending its user's inbox. */
public enum InboxProgress {
  /** The inbox is sent next; events of the logs wait for it. */
  FIRST,
  /** A page is being read or written. */
  READING,
  /** A page is being read or written, and the inbox has grown since. */
  READING_STALE,
  /** The client must read before more is written. */
  HELD_BACK,
  /** Redis did not answer, and an event of a log waits: the next sweep reads it again. */
  RETRY_FIRST,
  /** Redis did not answer, or the inbox may have grown unnoticed: the next sweep reads it again. */
  RETRY,
  /** All of it was sent. */
  DONE;

  /** Whether a read of the inbox is in flight. */
  public boolean isReading() {
    return this == READING || this == READING_STALE;
  }

  /** Whether events of the logs must still wait for the inbox. */
  public boolean comesBeforeLogs() {
    return this != RETRY && this != DONE;
  }

  /** The progress after the inbox may have grown: what is not read yet is read again. */
  public InboxProgress afterGrowth() {
    return switch (this) {
      case READING -> READING_STALE;
      case DONE -> RETRY;
      default -> this;
    };
  }
}
