package dev.switchboard.sessions;

import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A log as one hub follows it: how far it came, and who follows. */
final class LogStream {
  private final LogId log;
  private final Set<Session> followers = new LinkedHashSet<>();
  private @Nullable LogPosition released;

  LogStream(LogId log) {
    this.log = log;
  }

  LogId log() {
    return log;
  }

  /** Place of the last event that reached this hub; null until the bridge opened the log. */
  @Nullable LogPosition released() {
    return released;
  }

  void released(LogPosition place) {
    released = place;
  }

  /** Sessions that follow it, caught up or not. */
  Set<Session> followers() {
    return followers;
  }
}
