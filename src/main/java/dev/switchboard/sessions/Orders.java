package dev.switchboard.sessions;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Revocations;
import dev.switchboard.bus.ControlCommand;
import dev.switchboard.bus.MissedDisconnect;
import dev.switchboard.event.LogId;
import dev.switchboard.event.TenantId;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * What administrators and other nodes order for the sessions of a user, or of a token. Looks for
 * them among the followers of the tenant's log, because everyone who is signed in is one of those,
 * caught up or not; a room has only who has caught up.
 */
final class Orders {
  private final Revocations revocations;
  private final Endings endings;
  private final LogStreams streams;
  private final Supply supply;

  Orders(Revocations revocations, Endings endings, LogStreams streams, Supply supply) {
    this.revocations = revocations;
    this.endings = endings;
    this.streams = streams;
    this.supply = supply;
  }

  /** Does to the sessions that an order names what it says. */
  void apply(ControlCommand order) {
    boolean unused = revocations.learn(order);
    eachUserOf(order.tenant(), (session, user) -> apply(order, session, user));
  }

  private void apply(ControlCommand order, Session session, Principal.User user) {
    if (order.kind().isRevocation()) {
      if (revocations.cover(user)) {
        endings.end(session, CloseReason.NOT_AUTHENTICATED, "the token was revoked");
      }
    } else if (user.user().equals(order.user())) {
      if (order.kind() == ControlCommand.Kind.DISCONNECT) {
        endings.end(session, CloseReason.DISCONNECTED);
      } else {
        supply.inboxGrew(session);
      }
    }
  }

  /** Ends the sessions of a user that were there when it was to be disconnected. */
  void applyMissed(MissedDisconnect order) {
    eachUserOf(
        order.tenant(),
        (session, user) -> {
          if (user.user().equals(order.user()) && session.provenAt() <= order.atMillis()) {
            endings.end(session, CloseReason.DISCONNECTED);
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
