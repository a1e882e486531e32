package dev.switchboard.sessions.signin;

import static java.util.Objects.requireNonNull;

import dev.switchboard.sessions.session.OutboundQueue;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.subscriptions.LogStreams;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The first words to a live session: that it is, where its stream begins, and if events are late.
 */
public final class ConnectedMessage {
  private final String node;
  private final long heartbeatSeconds;
  private final LogStreams streams;
  private final OutboundQueue outboundQueue;
  private final BooleanSupplier linkUp;

  public ConnectedMessage(
      String node,
      Duration heartbeat,
      LogStreams streams,
      OutboundQueue outboundQueue,
      BooleanSupplier linkUp) {
    this.node = node;
    this.heartbeatSeconds = Math.max(1, heartbeat.toSeconds());
    this.streams = streams;
    this.outboundQueue = outboundQueue;
    this.linkUp = linkUp;
  }

  void tell(Session session, @Nullable Boolean recovered) {
    outboundQueue.tell(
        session,
        ServerMessages.connected(
            session.id(),
            node,
            requireNonNull(session.who()),
            recovered,
            streams.position(session),
            heartbeatSeconds));
    if (!linkUp.getAsBoolean()) {
      outboundQueue.tell(session, ServerMessages.plain("degraded"));
    }
  }
}
