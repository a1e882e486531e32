package dev.switchboard.presence;

import dev.switchboard.config.PresenceConfig;
import java.time.Duration;

/**
 * The times that decide how long a lease in Redis lasts, and when a reaper may act on its end.
 *
 * <p>A node that stalls (a long garbage collection, a paused VM) for less than {@code
 * presence.lease} must find all its leases in place, no matter when the stall begins. The last
 * heartbeat of a user may be as old as {@code presence.heartbeat} by then, and when the node
 * resumes it needs a moment to reach Redis. So a lease of a session lasts longer than {@code
 * presence.lease} by both.
 */
record LeaseTimes(Duration lease, Duration heartbeat, Duration reaper) {
  /**
   * How long a node that resumes may need to renew all its leases: it connects to Redis again, and
   * then renews some 50,000 users a second.
   */
  private static final Duration RENEWAL = Duration.ofSeconds(3);

  private static final int MAX_MISSED_CHECKS = 3;

  static LeaseTimes of(PresenceConfig config) {
    return new LeaseTimes(config.lease(), config.heartbeat(), config.reaper());
  }

  /** How long a session's lease lasts in Redis after a heartbeat. */
  Duration ofSession() {
    return lease.plus(heartbeat).plus(RENEWAL);
  }

  /** How long a device without a socket counts as alive after it reported itself. */
  Duration ofDevice() {
    return lease;
  }

  /**
   * The longest time between two ticks of a node's heartbeats after which none of its leases has
   * ended. It is longer than {@code presence.lease}, because a tick may be late apart from a stall.
   */
  Duration maxTickGap() {
    return ofSession().minus(heartbeat);
  }

  /**
   * The longest time between two answers of Redis to a reaper that still count as regular. It is
   * not longer than {@code presence.lease}: the reaper's own node may have stalled meanwhile, and
   * sent no heartbeats either.
   */
  Duration maxPause() {
    Duration missed = reaper.multipliedBy(MAX_MISSED_CHECKS);
    return missed.compareTo(lease) < 0 ? missed : lease;
  }
}
