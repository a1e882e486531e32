package dev.switchboard.presence;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Decides which slices of a round are due at a tick. Ticks that were missed are made up for by the
 * next one, so that no user waits longer for a heartbeat than a round and the time by which the
 * tick was late. Pure state of one event loop; all times are ns of one monotonic clock.
 *
 * <p>A node that stalled for longer than its leases last claims nothing for a while: others may
 * have declared its users offline, and its sessions first need a moment to find out which of their
 * sockets are closed. A node that stalled for less claims everything at once.
 */
final class HeartbeatSchedule {
  private final long tickNanos;
  private final int slices;
  private final long maxGapNanos;
  private final long quietNanos;
  private long roundsFrom;
  private long slicesDone;
  private long lastTick;
  private long quietUntil;

  HeartbeatSchedule(Duration tick, LeaseTimes times, long nowNanos) {
    this.tickNanos = tick.toNanos();
    this.slices = slices(tick, times.heartbeat());
    this.maxGapNanos = times.maxTickGap().toNanos();
    this.quietNanos = times.heartbeat().toNanos();
    this.roundsFrom = nowNanos;
    this.lastTick = nowNanos;
    this.quietUntil = nowNanos;
  }

  /** Number of slices in a round of that length. */
  static int slices(Duration tick, Duration round) {
    return (int) Math.max(1, round.toMillis() / tick.toMillis());
  }

  /** Whether nothing may be claimed at that time, because this node stalled for too long. */
  boolean isQuiet(long nowNanos) {
    if (nowNanos - lastTick > maxGapNanos) {
      quietUntil = nowNanos + quietNanos;
      lastTick = nowNanos;
    }
    return nowNanos < quietUntil;
  }

  /** Numbers of the slices whose users are due for a heartbeat; none while it is quiet. */
  List<Integer> due(long nowNanos) {
    boolean quiet = isQuiet(nowNanos);
    lastTick = nowNanos;
    if (quiet) {
      roundsFrom = nowNanos;
      slicesDone = 0;
      return List.of();
    }
    long reached = (nowNanos - roundsFrom) / tickNanos;
    long first = Math.max(slicesDone, reached - slices);
    slicesDone = reached;
    return IntStream.range(0, (int) (reached - first))
        .mapToObj(ahead -> (int) ((first + ahead) % slices))
        .toList();
  }
}
