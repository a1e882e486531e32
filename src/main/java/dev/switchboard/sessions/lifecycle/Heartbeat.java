package dev.switchboard.sessions.lifecycle;

import dev.switchboard.config.SessionsConfig;
import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionState.Unauthenticated;
import dev.switchboard.sessions.session.SessionTime;

/**
 * Pings the sessions of one hub, and ends those that were not authenticated in time or from which
 * nothing is received any more. Belongs to the hub's event loop.
 */
public final class Heartbeat {
  private final SessionsConfig config;
  private final SessionTime time;
  private final SessionRegistry registry;
  private final long roundNanos;
  private long lastPing;
  private long lastRound;
  private long stalledNanos;

  public Heartbeat(SessionsConfig config, SessionTime time, SessionRegistry registry) {
    this.config = config;
    this.time = time;
    this.registry = registry;
    this.roundNanos = SessionSweep.pause(config.heartbeat()).toNanos();
    this.lastRound = time.nanos();
  }

  /**
   * Measures how much later than planned this round begins. While this node stalled it read
   * nothing, so that time proves nothing about its sessions.
   */
  void beginRound() {
    long now = time.nanos();
    long late = now - lastRound - roundNanos;
    stalledNanos = late > roundNanos ? late : 0;
    lastRound = now;
  }

  /** Ends a session whose authentication is overdue or that is silent; returns whether it did. */
  boolean endIfOverdue(Session session) {
    long now = time.nanos();
    session.liveness().excuse(stalledNanos, now);
    // What arrived during a stall is read before the next round.
    if (session.state() instanceof Unauthenticated unauthenticated
        && now - stalledNanos >= unauthenticated.deadline()) {
      registry.end(session, CloseReason.NOT_AUTHENTICATED, "no auth message received in time");
      return true;
    }
    if (session.liveness().silence(now) >= config.idleTimeout().toNanos()) {
      registry.end(session, CloseReason.NO_HEARTBEAT);
      return true;
    }
    return false;
  }

  void pingIfDue(Session session) {
    if (session.liveness().sincePing(time.nanos()) >= config.heartbeat().toNanos()) {
      ping(session);
    }
  }

  /** Sends a ping now; its pong proves that everything sent before it has arrived. */
  void ping(Session session) {
    session.liveness().pinged(time.nanos());
    session.receipts().pinged(++lastPing);
    session.transport().ping(lastPing);
  }
}
