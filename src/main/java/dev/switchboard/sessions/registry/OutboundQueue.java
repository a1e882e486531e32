package dev.switchboard.sessions.registry;

import dev.switchboard.config.SessionsConfig;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SharedMessage;
import dev.switchboard.sessions.session.Transport;
import dev.switchboard.time.Ticker;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the sessions of one hub, bounds what waits for each, and ends those that read too
 * slowly. Belongs to the hub's event loop.
 *
 * <p>The messages of one turn are written to every socket first and flushed once per socket at its
 * end: most of the cost of a delivery is the system call. With {@code sessions.joinWindow}, busy
 * sessions are flushed by {@link JoinedFlushes}.
 */
public final class OutboundQueue {
  private final long maxBytes;
  private final int maxMessages;
  private final SessionRegistry registry;
  private final List<Session> unflushed = new ArrayList<>();
  private final DeliveryTimes deliveries;
  private final @Nullable JoinedFlushes joined;
  private long written;
  private long counted;

  /** Number of events that were written before the last flush. */
  private long eventsFlushed;

  /** Over the sessions of one event loop. */
  public OutboundQueue(SessionsConfig config, SessionRegistry registry) {
    this(config, registry, Ticker.SYSTEM);
  }

  /** The same with another clock. */
  OutboundQueue(SessionsConfig config, SessionRegistry registry, Ticker ticker) {
    this.maxBytes = config.queueBytes().bytes();
    this.maxMessages = config.queueMessages();
    this.registry = registry;
    this.deliveries = new DeliveryTimes(registry.meters());
    this.joined =
        config.joinWindow().isZero()
            ? null
            : new JoinedFlushes(
                config.joinWindow(),
                maxBytes,
                registry.scheduler(),
                ticker,
                this::recordDeliveries);
  }

  /** Writes a message of the server's own and flushes. */
  public void send(Session session, JsonObject json) {
    try (SharedMessage message = SharedMessage.of(json)) {
      write(session, message);
    }
    flushWith(session);
  }

  /**
   * Tells a session to reload what it shows, and flushes.
   *
   * @param reason a constant of the server
   */
  public void sendResync(Session session, String position, String reason) {
    registry.meters().resynced(reason);
    send(session, ServerMessages.resync(position, reason));
  }

  /** Writes an event's envelope and flushes. */
  public void send(Session session, byte[] envelope) {
    try (SharedMessage message = new SharedMessage(envelope)) {
      write(session, message);
    }
    flushWith(session);
  }

  /** Flushes, and does so at once for that session. */
  private void flushWith(Session session) {
    flush();
    if (session.isUnflushed()) {
      session.flush();
    }
  }

  /**
   * Writes a message that goes out with the next {@link #flush}. A session whose queue would exceed
   * its bounds is refused this message and all that follow, and is ended in the next turn.
   */
  public void write(Session session, SharedMessage message) {
    if (session.isClosed()) {
      return;
    }
    Transport transport = session.transport();
    long queued = transport.queuedBytes() + message.length();
    if (queued > maxBytes || transport.queuedMessages() >= maxMessages) {
      // The client may read on before the session is ended, and would not know what it missed.
      session.refuseOutput();
      registry.endAsTooSlow(session);
      return;
    }
    transport.write(message);
    written++;
    if (session.markUnflushed()) {
      unflushed.add(session);
    } else if (joined != null && joined.isTooMuch(queued)) {
      session.flush();
    }
  }

  /**
   * Writes a message that may get lost, unless the session's queue is half full.
   *
   * @return whether it was written
   */
  public boolean offer(Session session, SharedMessage message) {
    if (session.isClosed()) {
      return false;
    }
    Transport transport = session.transport();
    boolean isBehind =
        transport.queuedBytes() + message.length() > maxBytes / 2
            || transport.queuedMessages() >= maxMessages / 2;
    if (!isBehind) {
      write(session, message);
    }
    return !isBehind;
  }

  /** Messages written so far. */
  public long written() {
    return written;
  }

  /** Measures, at the next {@link #flush}, how late an event is that was written just now. */
  public void eventWritten(byte[] envelope) {
    deliveries.written(envelope);
  }

  /** Ends a session that can't keep up, in the next turn; it gets nothing more. */
  public void endAsTooSlow(Session session) {
    session.refuseOutput();
    registry.endAsTooSlow(session);
  }

  /**
   * Sends what was written, with one system call for each session that was written to; to a busy
   * session somewhat later, if there is a window for it.
   */
  public void flush() {
    // A flush may end its session or resume it: what is written meanwhile waits for the next flush.
    List<Session> touched = List.copyOf(unflushed);
    unflushed.clear();
    registry.countSent(written - counted);
    counted = written;
    long before = eventsFlushed;
    eventsFlushed = deliveries.noted();
    if (joined == null) {
      touched.forEach(Session::flush);
    } else {
      joined.flush(touched, before);
    }
    recordDeliveries();
  }

  /** An event counts once it was sent to all its sessions. */
  private void recordDeliveries() {
    long events = deliveries.noted();
    deliveries.flushed(joined == null ? events : joined.flushedOf(events));
  }
}
