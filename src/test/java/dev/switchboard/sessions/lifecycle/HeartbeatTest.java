package dev.switchboard.sessions.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SessionsConfig;
import dev.switchboard.event.CloseReason;
import dev.switchboard.event.TenantId;
import dev.switchboard.sessions.Recorder;
import dev.switchboard.sessions.TestRegistry;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Which sessions end because nothing is received from them, also when the node itself stalls. */
class HeartbeatTest {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final SessionsConfig config = ConfigLoader.defaults(name -> null).sessions();
  private final ManualTime time = new ManualTime();
  private final SessionRegistry registry = TestRegistry.of(config);
  private final Heartbeat heartbeat = new Heartbeat(config, time, registry);
  private final Recorder transport = new Recorder();
  private final Session live = Recorder.liveSession(new TenantId("t"), transport);

  private static final class ManualTime implements SessionTime {
    private long nanos;

    void pass(Duration passed) {
      nanos += passed.toNanos();
    }

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public long millis() {
      return nanos / 1_000_000;
    }
  }

  private void takeTurn() {
    heartbeat.beginTurn(PAUSE);
    visit();
  }

  private void visit() {
    assertThat(heartbeat.endIfOverdue(live)).isEqualTo(live.isClosed());
  }

  private void passInTurns(Duration passed) {
    for (long i = passed.dividedBy(PAUSE); i > 0; i--) {
      time.pass(PAUSE);
      takeTurn();
    }
  }

  @Test
  void silentSessionEndsAfterTheIdleTimeout() {
    registry.add(live);

    passInTurns(config.idleTimeout().minus(PAUSE));
    assertThat(transport.closedFor()).isEmpty();
    passInTurns(PAUSE);

    assertThat(transport.closedFor()).containsExactly(CloseReason.NO_HEARTBEAT);
  }

  @Test
  void stallBetweenTurnsEndsNoSession() {
    registry.add(live);
    passInTurns(PAUSE);

    time.pass(config.idleTimeout());
    takeTurn();
    time.pass(PAUSE);
    takeTurn();

    assertThat(transport.closedFor()).isEmpty();
  }

  @Test
  void stallInTheMiddleOfTurnEndsNoSession() {
    registry.add(live);
    time.pass(PAUSE);

    heartbeat.beginTurn(PAUSE);
    time.pass(config.idleTimeout());
    visit();
    time.pass(PAUSE);
    takeTurn();

    assertThat(transport.closedFor()).isEmpty();
  }
}
