package dev.switchboard.sessions.signin;

import static java.util.Objects.requireNonNull;

import dev.switchboard.event.Envelope;
import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.session.Recovery;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.subscriptions.LinkStatus;
import dev.switchboard.sessions.subscriptions.LogStreams;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;

/** Sends {@code connected}, the first message to a live session. */
public final class ConnectedMessage {
  private final String node;
  private final long heartbeatSeconds;
  private final LogStreams streams;
  private final OutboundQueue outboundQueue;
  private final LinkStatus link;
  private final SessionTime time;

  public ConnectedMessage(
      String node,
      Duration heartbeat,
      LogStreams streams,
      OutboundQueue outboundQueue,
      LinkStatus link,
      SessionTime time) {
    this.node = node;
    this.heartbeatSeconds = Math.max(1, heartbeat.toSeconds());
    this.streams = streams;
    this.outboundQueue = outboundQueue;
    this.link = link;
    this.time = time;
  }

  /** Sends the position from which the session starts, and {@code degraded} if events are late. */
  void send(Session session, Recovery recovery) {
    JsonObject message =
        ServerMessages.connected(
            session.id(),
            node,
            requireNonNull(session.principal()),
            recovery,
            streams.position(session),
            heartbeatSeconds);
    Instant now = Instant.ofEpochMilli(time.millis());
    message.getJsonObject("payload").put("time", Envelope.formatTimestamp(now));
    outboundQueue.send(session, message);
    if (!link.isUp()) {
      outboundQueue.send(session, ServerMessages.plain("degraded"));
    }
  }
}
