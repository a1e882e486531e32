package dev.switchboard.sessions;

import dev.switchboard.config.SwitchboardConfig.Sessions;
import java.util.UUID;

/**
 * Makes the sessions of one event loop, and carries what their transports tell to the part that it
 * concerns. Everything here runs on that loop; nothing is shared with others.
 */
final class Hub {
  private final Sessions config;
  private final SessionCount count;
  private final Endings endings;
  private final Conversation conversation;
  private final Supply supply;

  Hub(
      Sessions config,
      SessionCount count,
      Endings endings,
      Conversation conversation,
      Supply supply) {
    this.config = config;
    this.count = count;
    this.endings = endings;
    this.conversation = conversation;
    this.supply = supply;
  }

  /** A session whose transport comes next; it has a moment to prove who it is. */
  Session create() {
    long now = SessionTime.SYSTEM.nanos();
    return new Session(UUID.randomUUID().toString(), now, now + config.authTimeout().toNanos());
  }

  /** Its transport is there. Ends it at once if the node is full. */
  void admit(Session session, Transport transport) {
    session.connect(transport);
    endings.begin(session);
    if (count.now() > config.maxPerNode()) {
      endings.end(session, CloseReason.NO_CAPACITY);
    }
  }

  /** Its client said something. */
  void heard(Session session, String text) {
    conversation.heard(session, text);
  }

  /** Bytes came from its peer, whatever they mean. */
  void readFrom(Session session) {
    session.liveness().heard(SessionTime.SYSTEM.nanos());
  }

  void ponged(Session session, long ping) {
    supply.ponged(session, ping);
  }

  /** Its peer reads again. */
  void writable(Session session) {
    supply.goOn(session);
  }

  /** Its transport is gone. */
  void gone(Session session) {
    endings.gone(session);
  }
}
