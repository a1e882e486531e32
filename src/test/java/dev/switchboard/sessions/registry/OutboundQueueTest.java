package dev.switchboard.sessions.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SessionsConfig;
import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.Recorder;
import dev.switchboard.sessions.TestRegistry;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SharedMessage;
import dev.switchboard.support.ManualLoop;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** A session's queue at its bound. */
class OutboundQueueTest {
  private static final SessionsConfig CONFIG =
      ConfigLoader.bind(
              "test",
              new JsonObject().put("sessions", new JsonObject().put("queueMessages", 2)),
              name -> null)
          .sessions();

  private final ManualLoop loop = new ManualLoop();
  private final SessionRegistry registry = TestRegistry.on(loop, CONFIG);
  private final OutboundQueue outboundQueue = new OutboundQueue(CONFIG, registry);
  private final Recorder queue = new Recorder();

  /** Otherwise its client would take what follows for all there was, and resume behind the hole. */
  @Test
  void sessionThatWasRefusedAMessageGetsNoneThatFollows() {
    Session session = session();
    write(session, 3);
    assertThat(session.isClosed()).isTrue();

    queue.readAll();
    write(session, 1);

    assertThat(queue.written()).hasSize(2);
  }

  @Test
  void slowSessionIsEndedOnceAndInALaterTurn() {
    Session session = session();
    write(session, 4);
    assertThat(queue.closedFor()).isEmpty();

    assertThat(loop.take(10)).isTrue();

    assertThat(queue.closedFor()).containsExactly(CloseReason.TOO_SLOW);
    assertThat(registry.present()).isEmpty();
  }

  private void write(Session session, int count) {
    for (int i = 0; i < count; i++) {
      try (SharedMessage message = SharedMessage.of(new JsonObject().put("type", "alert"))) {
        outboundQueue.write(session, message);
      }
    }
    outboundQueue.flush();
  }

  private Session session() {
    Session session = new Session("1", 0, 0);
    session.connect(queue);
    registry.add(session);
    return session;
  }
}
