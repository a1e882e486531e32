package dev.switchboard.sessions.lifecycle;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Revocations;
import dev.switchboard.bus.ControlCommand;
import dev.switchboard.bus.MissedDisconnect;
import dev.switchboard.event.CloseReason;
import dev.switchboard.event.LogId;
import dev.switchboard.event.TenantId;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.subscriptions.LogStream;
import dev.switchboard.sessions.subscriptions.LogStreams;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Applies the commands of administrators and other nodes to the sessions of one hub. Finds them
 * among the subscribers of the tenant's log, because every authenticated session is one of those,
 * caught up or not. Belongs to the hub's event loop.
 */
public final class ControlCommands {
  private final Revocations revocations;
  private final SessionRegistry registry;
  private final LogStreams streams;
  private final BacklogDelivery backlog;

  public ControlCommands(
      Revocations revocations,
      SessionRegistry registry,
      LogStreams streams,
      BacklogDelivery backlog) {
    this.revocations = revocations;
    this.registry = registry;
    this.streams = streams;
    this.backlog = backlog;
  }

  /** Applies {@code command} to the sessions that it names. */
  public void apply(ControlCommand command) {
    if (command instanceof ControlCommand.Revocation revocation) {
      revoke(revocation);
    } else if (command instanceof ControlCommand.Disconnect disconnect) {
      streams
          .sessionsOf(disconnect.tenant(), disconnect.user())
          .forEach(session -> registry.end(session, CloseReason.DISCONNECTED));
    } else if (command instanceof ControlCommand.EndSession one) {
      endOne(one);
    } else if (command instanceof ControlCommand.ReadInbox read) {
      streams.sessionsOf(read.tenant(), read.user()).forEach(backlog::inboxGrew);
    }
  }

  private void endOne(ControlCommand.EndSession command) {
    streams.sessionsOf(command.tenant(), command.user()).stream()
        .filter(session -> session.id().equals(command.session()))
        .forEach(session -> registry.end(session, CloseReason.DISCONNECTED));
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
    forEachUserOf(
        tenant,
        (session, user) -> {
          if (revocations.isRevoked(user)) {
            registry.end(session, CloseReason.NOT_AUTHENTICATED, "the token was revoked");
          }
        });
  }

  /** Ends those sessions of the user that were authenticated before the missed command. */
  public void applyMissed(MissedDisconnect command) {
    for (Session session : streams.sessionsOf(command.tenant(), command.user())) {
      if (session.authenticatedAt() <= command.atMillis()) {
        registry.end(session, CloseReason.DISCONNECTED);
      }
    }
  }

  private void forEachUserOf(TenantId tenant, BiConsumer<Session, Principal.User> action) {
    LogStream stream = streams.find(LogId.ofTenant(tenant));
    if (stream == null) {
      return;
    }
    // A copy, because a session that ends unsubscribes.
    for (Session session : List.copyOf(stream.subscribers())) {
      if (session.principal() instanceof Principal.User user) {
        action.accept(session, user);
      }
    }
  }
}
