package dev.switchboard.sessions.lifecycle;

import dev.switchboard.sessions.session.Session;

/** What has to be done for a session as time passes. Belongs to the hub's event loop. */
public final class Upkeep {
  private final Heartbeat heartbeat;
  private final TokenExpiry expiry;
  private final PositionReminder positions;

  public Upkeep(Heartbeat heartbeat, TokenExpiry expiry, PositionReminder positions) {
    this.heartbeat = heartbeat;
    this.expiry = expiry;
    this.positions = positions;
  }

  /** Begins a round of checks over all sessions. */
  void beginRound() {
    heartbeat.beginRound();
  }

  /** Does what has become due for {@code session}: its end, a ping, a warning, its position. */
  void check(Session session) {
    if (!heartbeat.endIfOverdue(session) && !expiry.endIfExpired(session)) {
      heartbeat.pingIfDue(session);
    }
    positions.remind(session);
  }
}
