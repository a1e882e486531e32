package dev.switchboard.sessions.lifecycle;

import dev.switchboard.config.SessionsConfig;
import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionState.Unauthenticated;
import dev.switchboard.sessions.session.SessionTime;
import java.time.Duration;

/**
 * Pings the sessions of one hub, and ends those that were not authenticated in time or from which
 * nothing is received any more. Belongs to the hub's event loop.
 */
public final class Heartbeat {
  private final SessionsConfig config;
  private final SessionTime time;
  private final SessionRegistry registry;
  private final long maxLateNanos;
  private long lastPing;
  private long lastTurn;
  private long stalledNanos;

  public Heartbeat(SessionsConfig config, SessionTime time, SessionRegistry registry) {
    this.config = config;
    this.time = time;
    this.registry = registry;
    this.maxLateNanos = SessionSweep.pause(config.heartbeat()).toNanos();
    this.lastTurn = time.nanos();
  }

  /**
   * Measures how much later than planned this turn begins. While this node stalled it read nothing,
   * so that time proves nothing about its sessions.
   */
  void beginTurn(Duration pause) {
    long now = time.nanos();
    long late = now - lastTurn - pause.toNanos();
    lastTurn = now;
    stalledNanos = late > maxLateNanos ? late : 0;
    if (stalledNanos > 0) {
      registry.present().forEach(session -> session.liveness().excuse(stalledNanos, now));
    }
  }

  /**
   * Ends a session whose authentication is overdue or that is silent; returns whether it did.
   * Judges by the time at which the turn began: a stall in the middle of it is measured by the next
   * one.
   */
  boolean endIfOverdue(Session session) {
    // What arrived during a stall is read before the next turn.
    if (session.state() instanceof Unauthenticated unauthenticated
        && lastTurn - stalledNanos >= unauthenticated.deadline()) {
      registry.end(session, CloseReason.NOT_AUTHENTICATED, "no auth message received in time");
      return true;
    }
    if (session.liveness().silence(lastTurn) >= config.idleTimeout().toNanos()) {
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
