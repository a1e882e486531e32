package dev.switchboard.presence;

/**
 * Decides whether a reaper may act on what Redis answered: only once Redis has answered it
 * regularly, and has accepted the writes of heartbeats each time, for as long as a lease lasts.
 * After the reaper's own start, an outage, a failover, a time in which writes were refused, or a
 * stall of this node, every live session needs that time to renew its lease. Pure state; all times
 * are ms of one clock.
 */
final class ReaperGuard {
  private final long leaseMillis;
  private final long maxPauseMillis;
  private boolean answering;
  private long lastAnswer;
  private long mayActFrom;

  ReaperGuard(LeaseTimes times) {
    this.leaseMillis = times.ofSession().toMillis();
    this.maxPauseMillis = times.maxPause().toMillis();
  }

  /** Records that Redis did not answer, or refused writes. */
  void failed() {
    answering = false;
  }

  /** Records an answer of that time; returns whether the reaper may act on it. */
  boolean answered(long now) {
    if (!answering || now < lastAnswer || now - lastAnswer > maxPauseMillis) {
      mayActFrom = now + leaseMillis;
    }
    answering = true;
    lastAnswer = now;
    return now >= mayActFrom;
  }

  /** How long, from that time on, Redis must continue to answer before the reaper may act. */
  long remaining(long now) {
    return answering && now - lastAnswer <= maxPauseMillis
        ? Math.max(0, mayActFrom - now)
        : leaseMillis;
  }

  /**
   * Starts with an answer about a tenant that is new. Nothing of it is older than the last check of
   * the other tenants, so it only has to wait for the time that {@code remaining} is for those. The
   * reaper may never act on this first answer.
   */
  void startWith(long now, long remaining) {
    answering = true;
    lastAnswer = now;
    mayActFrom = now + Math.max(1, remaining);
  }
}
