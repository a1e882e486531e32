package dev.switchboard.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.support.ManualTasks;
import dev.switchboard.time.RepeatingTask;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Looks at sessions go on, whatever becomes of one of them. */
class SweepTest {
  private static final String BROKEN = "broken";

  private final SwitchboardConfig config = ConfigLoader.defaults(name -> null);
  private final ManualTasks rounds = new ManualTasks();
  private final List<String> ended = new ArrayList<>();
  private final Endings endings = endings();
  private final LogStreams streams = new LogStreams(log -> {}, log -> {}, new LogShare(1, 1));
  private final Outbox outbox = new Outbox(config.sessions(), session -> {});
  private final RepeatingTask task =
      new Sweep(endings, upkeep(), supply(), outbox).task(rounds.tasks(), config.sessions());

  @Test
  void lookThatThrowsKeepsNoOtherSessionFromItsLookNorTheNextRound() {
    endings.begin(lateForAuthentication(BROKEN));
    endings.begin(lateForAuthentication("other"));
    task.start();

    assertThat(rounds.ring()).isTrue();
    assertThat(rounds.ring()).isTrue();

    assertThat(ended).containsExactly(BROKEN, "other", BROKEN, "other");
    assertThat(rounds.failures("session-upkeep")).isEqualTo(2);
  }

  @Test
  void nobodyIsLookedAtAfterTheStop() {
    endings.begin(lateForAuthentication("other"));
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
        outbox,
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
  private static Endings endings() {
    return new Endings(new SessionCount(new SimpleMeterRegistry()), new PresenceNews(null), null);
  }

  /** Nobody goes live here, so nothing is delivered. */
  @SuppressWarnings("NullAway")
  private static Supply supply() {
    return new Supply(null, null, null);
  }
}
