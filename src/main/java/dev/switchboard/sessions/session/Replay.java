package dev.switchboard.sessions.session;

import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;

/**
 * A session's catching up with one log: it reads on from its cursor until it stands where its hub
 * stands, and joins the live stream exactly there.
 */
public final class Replay {
  private final LogId log;
  private LogPosition cursor;
  private boolean reading;

  public Replay(LogId log, LogPosition cursor) {
    this.log = log;
    this.cursor = cursor;
  }

  public LogId log() {
    return log;
  }

  /** Place of the last event given to the session, or passed over by its filter. */
  public LogPosition cursor() {
    return cursor;
  }

  public void advance(LogPosition place) {
    cursor = place;
  }

  public boolean isReading() {
    return reading;
  }

  public void reading(boolean on) {
    reading = on;
  }
}
