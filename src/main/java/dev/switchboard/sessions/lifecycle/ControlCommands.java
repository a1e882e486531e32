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
    boolean unused = revocations.learn(command);
    forEachUserOf(command.tenant(), (session, user) -> apply(command, session, user));
  }

  private void apply(ControlCommand command, Session session, Principal.User user) {
    if (command.kind().isRevocation()) {
      if (revocations.cover(user)) {
        registry.end(session, CloseReason.NOT_AUTHENTICATED, "the token was revoked");
      }
    } else if (user.user().equals(command.user())) {
      if (command.kind() == ControlCommand.Kind.DISCONNECT) {
        registry.end(session, CloseReason.DISCONNECTED);
      } else {
        backlog.inboxGrew(session);
      }
    }
  }

  /** Ends those sessions of the user that were authenticated before the missed command. */
  public void applyMissed(MissedDisconnect command) {
    forEachUserOf(
        command.tenant(),
        (session, user) -> {
          if (user.user().equals(command.user())
              && session.authenticatedAt() <= command.atMillis()) {
            registry.end(session, CloseReason.DISCONNECTED);
          }
        });
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
