package dev.switchboard.sessions.lifecycle;

import dev.switchboard.sessions.session.Session;
import java.time.Duration;

/** The periodic checks of one session. Belongs to the hub's event loop. */
public final class Upkeep {
  private final Heartbeat heartbeat;
  private final TokenExpiry expiry;
  private final PositionReminder positions;

  public Upkeep(Heartbeat heartbeat, TokenExpiry expiry, PositionReminder positions) {
    this.heartbeat = heartbeat;
    this.expiry = expiry;
    this.positions = positions;
  }

  /** Begins some checks, planned for that time after the last ones. */
  void beginTurn(Duration pause) {
    heartbeat.beginTurn(pause);
  }

  /** Does what has become due for {@code session}: its end, a ping, a warning, its position. */
  void check(Session session) {
    if (!heartbeat.endIfOverdue(session) && !expiry.endIfExpired(session)) {
      heartbeat.pingIfDue(session);
    }
    positions.remind(session);
  }
}
