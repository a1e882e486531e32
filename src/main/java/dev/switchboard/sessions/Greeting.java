package dev.switchboard.sessions;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The first words to a live session: that it is, where its stream begins, and if events are late.
 */
final class Greeting {
  private final String node;
  private final long heartbeatSeconds;
  private final LogStreams streams;
  private final Outbox outbox;
  private final BooleanSupplier linkUp;

  Greeting(
      String node, Duration heartbeat, LogStreams streams, Outbox outbox, BooleanSupplier linkUp) {
    this.node = node;
    this.heartbeatSeconds = Math.max(1, heartbeat.toSeconds());
    this.streams = streams;
    this.outbox = outbox;
    this.linkUp = linkUp;
  }

  void tell(Session session, @Nullable Boolean recovered) {
    outbox.tell(
        session,
        ServerMessages.connected(
            session.id(),
            node,
            requireNonNull(session.who()),
            recovered,
            streams.position(session),
            heartbeatSeconds));
    if (!linkUp.getAsBoolean()) {
      outbox.tell(session, ServerMessages.plain("degraded"));
    }
  }
}
