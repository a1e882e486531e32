package dev.switchboard.sessions.session;

/** How far a session is with its inbox. */
public enum InboxProgress {
  /** Its inbox comes next; what is live waits for that. */
  FIRST,
  /** Being read or written. */
  UNDER_WAY,
  /** The same, and something was put there since. */
  AGAIN,
  /** The peer must read before more is written. */
  HELD_BACK,
  /** Redis did not answer, or could not tell of news; live events go on, a sweep looks again. */
  OWED,
  /** All of it was given. */
  GIVEN;

  /** Whether a look into it is on its way. */
  public boolean isBusy() {
    return this == UNDER_WAY || this == AGAIN;
  }

  /** Whether events of the logs must still wait for it. */
  public boolean comesBeforeLogs() {
    return this != OWED && this != GIVEN;
  }
}
