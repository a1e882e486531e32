package dev.switchboard.sessions.lifecycle;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Revocations;
import dev.switchboard.bus.ControlCommand;
import dev.switchboard.bus.MissedDisconnect;
import dev.switchboard.event.LogId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.subscriptions.LogStream;
import dev.switchboard.sessions.subscriptions.LogStreams;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * What administrators and other nodes order for the sessions of a user, or of a token. Looks for
 * them among the followers of the tenant's log, because everyone who is signed in is one of those,
 * caught up or not; a room has only who has caught up.
 */
public final class ControlCommands {
  private final Revocations revocations;
  private final SessionRegistry sessionRegistry;
  private final LogStreams streams;
  private final BacklogDelivery backlogDelivery;

  public ControlCommands(
      Revocations revocations,
      SessionRegistry sessionRegistry,
      LogStreams streams,
      BacklogDelivery backlogDelivery) {
    this.revocations = revocations;
    this.sessionRegistry = sessionRegistry;
    this.streams = streams;
    this.backlogDelivery = backlogDelivery;
  }

  /** Does to the sessions that an order names what it says. */
  public void apply(ControlCommand order) {
    boolean unused = revocations.learn(order);
    eachUserOf(order.tenant(), (session, user) -> apply(order, session, user));
  }

  private void apply(ControlCommand order, Session session, Principal.User user) {
    if (order.kind().isRevocation()) {
      if (revocations.cover(user)) {
        sessionRegistry.end(session, CloseReason.NOT_AUTHENTICATED, "the token was revoked");
      }
    } else if (user.user().equals(order.user())) {
      if (order.kind() == ControlCommand.Kind.DISCONNECT) {
        sessionRegistry.end(session, CloseReason.DISCONNECTED);
      } else {
        backlogDelivery.inboxGrew(session);
      }
    }
  }

  /** Ends the sessions of a user that were there when it was to be disconnected. */
  public void applyMissed(MissedDisconnect order) {
    eachUserOf(
        order.tenant(),
        (session, user) -> {
          if (user.user().equals(order.user()) && session.provenAt() <= order.atMillis()) {
            sessionRegistry.end(session, CloseReason.DISCONNECTED);
          }
        });
  }

  private void eachUserOf(TenantId tenant, BiConsumer<Session, Principal.User> action) {
    LogStream stream = streams.find(LogId.ofTenant(tenant));
    if (stream == null) {
      return;
    }
    // A session that ends follows no longer.
    for (Session session : List.copyOf(stream.followers())) {
      if (session.who() instanceof Principal.User user) {
        action.accept(session, user);
      }
    }
  }
}
