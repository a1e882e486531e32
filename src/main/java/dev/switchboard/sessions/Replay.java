package dev.switchboard.sessions;

import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;

/**
 * A session's catching up with one log: it reads on from its cursor until it stands where its hub
 * stands, and joins the live stream exactly there.
 */
final class Replay {
  private final LogId log;
  private LogPosition cursor;
  private boolean reading;

  Replay(LogId log, LogPosition cursor) {
    this.log = log;
    this.cursor = cursor;
  }

  LogId log() {
    return log;
  }

  /** Place of the last event given to the session, or passed over by its filter. */
  LogPosition cursor() {
    return cursor;
  }

  void advance(LogPosition place) {
    cursor = place;
  }

  boolean isReading() {
    return reading;
  }

  void reading(boolean on) {
    reading = on;
  }
}
