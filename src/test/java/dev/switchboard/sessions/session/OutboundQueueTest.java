package dev.switchboard.sessions.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SessionsConfig;
import dev.switchboard.sessions.Recorder;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A session's queue at its bound. */
class OutboundQueueTest {
  private static final SessionsConfig CONFIG =
      ConfigLoader.bind(
              "test",
              new JsonObject().put("sessions", new JsonObject().put("queueMessages", 2)),
              name -> null)
          .sessions();

  private final List<Session> tooSlow = new ArrayList<>();
  private final OutboundQueue outboundQueue = new OutboundQueue(CONFIG, tooSlow::add);
  private final Recorder queue = new Recorder();

  /** It would take what follows for all there was, and come back behind it. */
  @Test
  void whoWasRefusedAMessageGetsNoneThatFollows() {
    Session session = session();
    write(session, 3);
    assertThat(tooSlow).containsExactly(session);

    queue.readAll();
    write(session, 1);

    assertThat(queue.written()).hasSize(2);
    assertThat(tooSlow).hasSize(1);
    assertThat(session.isClosed()).isTrue();
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
    return session;
  }
}
