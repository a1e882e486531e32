package dev.switchboard.sessions.lifecycle;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Revocations;
import dev.switchboard.bus.ControlCommand;
import dev.switchboard.bus.MissedDisconnect;
import dev.switchboard.event.LogId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.session.CloseReason;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.subscriptions.LogStream;
import dev.switchboard.sessions.subscriptions.LogStreams;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

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

  /** Carries out a command for the sessions of this event loop. */
  public void apply(ControlCommand command) {
    if (command instanceof ControlCommand.Revocation revocation) {
      revoke(revocation);
    } else if (command instanceof ControlCommand.Disconnect disconnect) {
      eachSessionOf(
          disconnect.tenant(),
          disconnect.user(),
          session -> sessionRegistry.end(session, CloseReason.DISCONNECTED));
    } else if (command instanceof ControlCommand.ReadInbox read) {
      eachSessionOf(read.tenant(), read.user(), backlogDelivery::inboxGrew);
    }
  }

  private void revoke(ControlCommand.Revocation revocation) {
    boolean unused = revocations.learn(revocation);
    if (revocation instanceof ControlCommand.RevokeUser revoked) {
      endRevoked(revoked.tenant());
    } else if (revocation instanceof ControlCommand.RevokeToken revoked) {
      endRevoked(revoked.tenant());
    }
  }

  private void endRevoked(TenantId tenant) {
    eachUserOf(
        tenant,
        (session, user) -> {
          if (revocations.isRevoked(user)) {
            sessionRegistry.end(session, CloseReason.NOT_AUTHENTICATED, "the token was revoked");
          }
        });
  }

  /** Ends the sessions of a user that were there when it was to be disconnected. */
  public void applyMissed(MissedDisconnect order) {
    eachSessionOf(
        order.tenant(),
        order.user(),
        session -> {
          if (session.provenAt() <= order.atMillis()) {
            sessionRegistry.end(session, CloseReason.DISCONNECTED);
          }
        });
  }

  private void eachSessionOf(TenantId tenant, UserId user, Consumer<Session> action) {
    eachUserOf(
        tenant,
        (session, principal) -> {
          if (principal.user().equals(user)) {
            action.accept(session);
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
