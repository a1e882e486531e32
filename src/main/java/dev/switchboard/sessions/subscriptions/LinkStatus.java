package dev.switchboard.sessions.subscriptions;

import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SharedMessage;
import java.util.List;

/**
 * Whether the node's link to Redis works, as one hub knows it; while it does not, events are late.
 * Sends each change to the live sessions. Belongs to the hub's event loop.
 */
public final class LinkStatus {
  private final SessionRegistry registry;
  private final OutboundQueue outboundQueue;
  private boolean isUp = true;

  public LinkStatus(SessionRegistry registry, OutboundQueue outboundQueue) {
    this.registry = registry;
    this.outboundQueue = outboundQueue;
  }

  public boolean isUp() {
    return isUp;
  }

  /** Takes the status from the bridge; the messages go out with the next flush. */
  void changed(boolean up) {
    if (isUp == up) {
      return;
    }
    isUp = up;
    try (SharedMessage message =
        SharedMessage.of(ServerMessages.plain(up ? "restored" : "degraded"))) {
      for (Session session : List.copyOf(registry.present())) {
        if (session.isLive()) {
          outboundQueue.write(session, message);
        }
      }
    }
    if (up) {
      registry.present().forEach(LinkStatus::readInboxAgain);
    }
  }

  /** No announcement of a new message was received while the link was down. */
  private static void readInboxAgain(Session session) {
    if (session.isLive() && session.socketUser() != null) {
      session.inboxProgress(session.inboxProgress().afterGrowth());
    }
  }
}
