package dev.switchboard.presence;

import dev.switchboard.config.PresenceConfig;
import io.vertx.core.Future;

/**
 * Keeps the leases of this node's sessions alive, a slice of the users at each tick, so that Redis
 * sees an even flow. Belongs to one event loop.
 */
final class HeartbeatLoop {
  private static final long TICK_MILLIS = 100;

  private final PresenceTable table;
  private final PresenceWriter writer;
  private final int slices;
  private final long stalledNanos;
  private final long quietNanos;
  private int slice;
  private long lastTick;
  private long quietUntil;

  HeartbeatLoop(PresenceTable table, PresenceWriter writer, PresenceConfig config, long nowNanos) {
    this.table = table;
    this.writer = writer;
    this.slices = slices(config);
    this.stalledNanos = config.lease().toNanos() / 2;
    this.quietNanos = config.heartbeat().toNanos();
    this.lastTick = nowNanos;
    this.quietUntil = nowNanos;
  }

  /** How many slices make a round. */
  static int slices(PresenceConfig config) {
    return (int) Math.max(1, config.heartbeat().toMillis() / TICK_MILLIS);
  }

  /** Time from one tick's begin to the next. */
  static long tickMillis() {
    return TICK_MILLIS;
  }

  /**
   * Whether nothing may be claimed now. After this process slept, the sessions first get a moment
   * to find out which of them are dead: a sleeper's claims must not undo what was decided
   * meanwhile. Whatever comes first after the sleep asks this first.
   */
  boolean isQuiet(long nowNanos) {
    if (nowNanos - lastTick > stalledNanos) {
      quietUntil = nowNanos + quietNanos;
      lastTick = nowNanos;
    }
    return nowNanos < quietUntil;
  }

  /** One slice's heartbeat; never fails. */
  Future<Void> tick(long nowNanos) {
    boolean quiet = isQuiet(nowNanos);
    lastTick = nowNanos;
    if (quiet) {
      return Future.succeededFuture();
    }
    if (slice == 0) {
      writer.registerAgain();
    }
    table.beat(slice);
    slice = (slice + 1) % slices;
    return writer.flush();
  }
}
