package dev.switchboard.sessions.session;

import dev.switchboard.config.SessionsConfig;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Writes to the sessions of one hub and bounds what waits for each.
 *
 * <p>A turn's messages are written to every socket first and flushed once per socket at its end:
 * most of a delivery's cost is the system call.
 */
public final class OutboundQueue {
  private final long mostBytes;
  private final int mostMessages;
  private final Consumer<Session> tooSlow;
  private final List<Session> dirty = new ArrayList<>();

  /** {@code tooSlow} must not end the session within the call: somebody may be iterating. */
  public OutboundQueue(SessionsConfig bounds, Consumer<Session> tooSlow) {
    this.mostBytes = bounds.queueBytes().bytes();
    this.mostMessages = bounds.queueMessages();
    this.tooSlow = tooSlow;
  }

  /** One message of the server's own, at once. */
  public void tell(Session session, JsonObject json) {
    try (SharedMessage message = SharedMessage.of(json)) {
      write(session, message);
    }
    flush();
  }

  /** One envelope that was held back for it, at once. */
  public void tell(Session session, byte[] envelope) {
    try (SharedMessage message = new SharedMessage(envelope)) {
      write(session, message);
    }
    flush();
  }

  /** Goes out with the next flush. */
  public void write(Session session, SharedMessage message) {
    if (session.isClosed()) {
      return;
    }
    Transport transport = session.transport();
    boolean behind =
        transport.queuedBytes() + message.length() > mostBytes
            || transport.queuedMessages() >= mostMessages;
    if (behind) {
      // It may read on before it is ended, and would not know what it missed.
      session.refused();
      tooSlow.accept(session);
      return;
    }
    transport.write(message);
    if (session.markDirty()) {
      dirty.add(session);
    }
  }

  /**
   * Writes what may get lost, unless the session is half way to being too slow.
   *
   * @return whether it was written
   */
  public boolean offer(Session session, SharedMessage message) {
    if (session.isClosed()) {
      return false;
    }
    Transport transport = session.transport();
    boolean behind =
        transport.queuedBytes() + message.length() > mostBytes / 2
            || transport.queuedMessages() >= mostMessages / 2;
    if (!behind) {
      write(session, message);
    }
    return !behind;
  }

  /** Sends what was written, with one system call for each session that was written to. */
  public void flush() {
    // A flush may end its session, or let it write on: whoever is written to meanwhile is dirty
    // anew.
    List<Session> written = List.copyOf(dirty);
    dirty.clear();
    written.forEach(Session::flush);
  }
}
