package dev.switchboard.sessions.lifecycle;

import dev.switchboard.auth.Principal;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * Warns sessions before their token expires, and ends them when it has, or when a visitor's widget
 * key was deleted. Belongs to the hub's event loop.
 */
public final class TokenExpiry {
  private final Duration warning;
  private final Duration leeway;
  private final SessionTime time;
  private final Predicate<Principal.Visitor> isAdmitted;
  private final SessionRegistry registry;
  private final OutboundQueue outboundQueue;

  /** {@code isAdmitted} tells whether a visitor's widget key still exists. */
  public TokenExpiry(
      SwitchboardConfig config,
      SessionTime time,
      Predicate<Principal.Visitor> isAdmitted,
      SessionRegistry registry,
      OutboundQueue outboundQueue) {
    this.warning = config.sessions().expiryWarning();
    this.leeway = config.auth().leeway();
    this.time = time;
    this.isAdmitted = isAdmitted;
    this.registry = registry;
    this.outboundQueue = outboundQueue;
  }

  /** Ends a session whose right to be here is over; returns whether it did. */
  boolean endIfExpired(Session session) {
    if (session.principal() instanceof Principal.Visitor visitor && !isAdmitted.test(visitor)) {
      registry.end(session, CloseReason.UNKNOWN_WIDGET);
      return true;
    }
    if (!(session.principal() instanceof Principal.User user)) {
      return false;
    }
    long millisLeft = user.expires().toEpochMilli() - time.millis();
    if (millisLeft <= -leeway.toMillis()) {
      registry.end(session, CloseReason.NOT_AUTHENTICATED, "the token has expired");
      return true;
    }
    if (millisLeft <= warning.toMillis() && session.warnOfExpiry()) {
      long seconds = Math.max(0, (millisLeft + 999) / 1_000);
      outboundQueue.send(session, ServerMessages.tokenExpiring(user.expires(), seconds));
    }
    return false;
  }
}
