package dev.switchboard.presence;

import java.time.Duration;
import java.util.List;

/**
 * Keeps the leases of this node's sessions alive, a slice of the users at each tick, so that the
 * load on Redis is even. Belongs to one event loop.
 */
final class HeartbeatLoop {
  /** Time from the start of one tick to the start of the next. */
  static final Duration TICK = Duration.ofMillis(100);

  private final PresenceTable table;
  private final PresenceWriter writer;
  private final HeartbeatSchedule schedule;

  HeartbeatLoop(PresenceTable table, PresenceWriter writer, HeartbeatSchedule schedule) {
    this.table = table;
    this.writer = writer;
    this.schedule = schedule;
  }

  /** Sends the heartbeats that are due at that time, in ns; does not wait for their answers. */
  void tick(long nowNanos) {
    List<Integer> due = schedule.due(nowNanos);
    due.forEach(table::markDue);
    if (due.contains(0)) {
      writer.registerAgain();
    }
    flush(nowNanos);
  }

  /** Writes what has changed since, unless nothing may be claimed at that time, in ns. */
  void flush(long nowNanos) {
    if (!schedule.isQuiet(nowNanos)) {
      writer.flush();
    }
  }
}
