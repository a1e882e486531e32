package dev.switchboard.sessions.edge;

import dev.switchboard.config.SwitchboardConfig.Sessions;
import dev.switchboard.sessions.lifecycle.BacklogDelivery;
import dev.switchboard.sessions.lifecycle.SessionCount;
import dev.switchboard.sessions.lifecycle.SessionRegistry;
import dev.switchboard.sessions.protocol.ClientMessages;
import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.session.Transport;
import java.util.UUID;

/**
 * Makes the sessions of one event loop, and carries what their transports tell to the part that it
 * concerns. Everything here runs on that loop; nothing is shared with others.
 */
public final class TransportEvents {
  private final Sessions config;
  private final SessionCount count;
  private final SessionRegistry sessionRegistry;
  private final ClientMessages clientMessages;
  private final BacklogDelivery backlogDelivery;

  public TransportEvents(
      Sessions config,
      SessionCount count,
      SessionRegistry sessionRegistry,
      ClientMessages clientMessages,
      BacklogDelivery backlogDelivery) {
    this.config = config;
    this.count = count;
    this.sessionRegistry = sessionRegistry;
    this.clientMessages = clientMessages;
    this.backlogDelivery = backlogDelivery;
  }

  /** A session whose transport comes next; it has a moment to prove who it is. */
  Session create() {
    long now = SessionTime.SYSTEM.nanos();
    return new Session(UUID.randomUUID().toString(), now, now + config.authTimeout().toNanos());
  }

  /** Its transport is there. Ends it at once if the node is full. */
  void admit(Session session, Transport transport) {
    session.connect(transport);
    sessionRegistry.begin(session);
    if (count.now() > config.maxPerNode()) {
      sessionRegistry.end(session, CloseReason.NO_CAPACITY);
    }
  }

  /** Its client said something. */
  void heard(Session session, String text) {
    clientMessages.heard(session, text);
  }

  /** Bytes came from its peer, whatever they mean. */
  void readFrom(Session session) {
    session.liveness().heard(SessionTime.SYSTEM.nanos());
  }

  void ponged(Session session, long ping) {
    backlogDelivery.ponged(session, ping);
  }

  /** Its peer reads again. */
  void writable(Session session) {
    backlogDelivery.goOn(session);
  }

  /** Its transport is gone. */
  void gone(Session session) {
    sessionRegistry.gone(session);
  }
}
