package dev.switchboard.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.ManualTasks;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The repeating tasks of the bridge continue after a failed round. */
class BridgeTasksTest {
  private final ManualTasks rounds = new ManualTasks();
  private final List<String> begun = new ArrayList<>();
  private final BridgeTasks tasks =
      new BridgeTasks(
          rounds.tasks(), () -> fail("positions"), () -> fail("probe"), () -> fail("attempts"));

  @Test
  void roundsThatThrowAreFollowedByTheNext() {
    tasks.start();

    assertThat(rounds.ring()).isTrue();
    assertThat(rounds.ring()).isTrue();

    assertThat(begun)
        .containsExactlyInAnyOrder(
            "positions", "probe", "attempts", "positions", "probe", "attempts");
    assertThat(rounds.failures("log-position-check")).isEqualTo(2);
    assertThat(rounds.failures("liveness-probe")).isEqualTo(2);
    assertThat(rounds.failures("attempt-subscriptions")).isEqualTo(2);
  }

  @Test
  void noRoundFollowsTheStop() {
    tasks.start();

    tasks.stop();

    assertThat(rounds.ring()).isFalse();
    assertThat(begun).isEmpty();
  }

  private void fail(String what) {
    begun.add(what);
    throw new IllegalStateException(what);
  }
}
