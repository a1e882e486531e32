package dev.switchboard.sessions.lifecycle;

import dev.switchboard.config.LogsConfig;
import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.session.SentPosition;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.subscriptions.LogShare;
import dev.switchboard.sessions.subscriptions.LogStreams;
import java.time.Duration;

/**
 * Sends sessions their position now and then. A client whose filter hides every event would keep an
 * old position, which falls out of its log. Belongs to the hub's event loop.
 */
public final class PositionReminder {
  private static final long MAX_MOVED = LogShare.WHOLE / 10;
  private static final Duration MAX_AGE = Duration.ofSeconds(30);

  private final Duration maxAge;
  private final SessionTime time;
  private final LogStreams streams;
  private final OutboundQueue outboundQueue;

  public PositionReminder(
      LogsConfig config, SessionTime time, LogStreams streams, OutboundQueue outboundQueue) {
    Duration tenth = config.maxAge().dividedBy(10);
    this.maxAge = tenth.compareTo(MAX_AGE) < 0 ? tenth : MAX_AGE;
    this.time = time;
    this.streams = streams;
    this.outboundQueue = outboundQueue;
  }

  /** Records that a session was just sent its position by other means. */
  public void positionSent(Session session) {
    session.sentPosition().sent(time.nanos(), streams.moved(session));
  }

  /**
   * Sends its position to a live session that has caught up, if the last one is too old or a tenth
   * of its logs has gone by since.
   */
  public void remind(Session session) {
    if (!session.isLive() || session.isClosed() || session.logs().isCatchingUp()) {
      return;
    }
    long now = time.nanos();
    long moved = streams.moved(session);
    SentPosition sent = session.sentPosition();
    if (sent.age(now) < maxAge.toNanos() && sent.movedSince(moved) < MAX_MOVED) {
      return;
    }
    if (sent.movedSince(moved) != 0) {
      String position = streams.position(session);
      if (!session.transport().markPosition(position)) {
        outboundQueue.send(session, ServerMessages.positioned("position", position));
      }
    }
    sent.sent(now, moved);
  }
}
