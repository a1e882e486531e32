package dev.switchboard.sessions.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.sessions.Recorder;
import dev.switchboard.sessions.session.OutboundQueue;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.subscriptions.LogShare;
import dev.switchboard.sessions.subscriptions.LogStreams;
import dev.switchboard.support.ManualTasks;
import dev.switchboard.time.RepeatingTask;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Looks at sessions go on, whatever becomes of one of them. */
class SessionSweepTest {
  private static final String BROKEN = "broken";

  private final SwitchboardConfig config = ConfigLoader.defaults(name -> null);
  private final ManualTasks rounds = new ManualTasks();
  private final List<String> ended = new ArrayList<>();
  private final SessionRegistry sessionRegistry = endings();
  private final LogStreams streams = new LogStreams(log -> {}, log -> {}, new LogShare(1, 1));
  private final OutboundQueue outboundQueue = new OutboundQueue(config.sessions(), session -> {});
  private final RepeatingTask task =
      new SessionSweep(sessionRegistry, upkeep(), supply(), outboundQueue)
          .task(rounds.tasks(), config.sessions());

  @Test
  void lookThatThrowsKeepsNoOtherSessionFromItsLookNorTheNextRound() {
    sessionRegistry.begin(lateForAuthentication(BROKEN));
    sessionRegistry.begin(lateForAuthentication("other"));
    task.start();

    assertThat(rounds.ring()).isTrue();
    assertThat(rounds.ring()).isTrue();

    assertThat(ended).containsExactly(BROKEN, "other", BROKEN, "other");
    assertThat(rounds.failures("session-upkeep")).isEqualTo(2);
  }

  @Test
  void nobodyIsLookedAtAfterTheStop() {
    sessionRegistry.begin(lateForAuthentication("other"));
    task.start();

    task.stop();

    assertThat(rounds.ring()).isFalse();
    assertThat(ended).isEmpty();
  }

  private static Session lateForAuthentication(String id) {
    Session session = new Session(id, 0, Long.MIN_VALUE);
    session.connect(new Recorder());
    return session;
  }

  private Upkeep upkeep() {
    return new Upkeep(
        config.sessions(),
        Upkeep.Bounds.of(config),
        SessionTime.SYSTEM,
        streams,
        outboundQueue,
        visitor -> true,
        (session, reason, words) -> {
          ended.add(session.id());
          if (session.id().equals(BROKEN)) {
            throw new IllegalStateException("thrown");
          }
        });
  }

  /** Nobody goes live here, so presence is never told. */
  @SuppressWarnings("NullAway")
  private static SessionRegistry endings() {
    return new SessionRegistry(
        new SessionCount(new SimpleMeterRegistry()), new PresenceNotifier(null), null);
  }

  /** Nobody goes live here, so nothing is delivered. */
  @SuppressWarnings("NullAway")
  private static BacklogDelivery supply() {
    return new BacklogDelivery(null, null, null);
  }
}
