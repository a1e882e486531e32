package dev.switchboard.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A subscription is rebuilt once too many probes did not arrive. */
class LivenessProbeTest {
  private final List<String> rebuilt = new ArrayList<>();
  private Future<Integer> outcome = Future.succeededFuture(2);
  private final LivenessProbe probe = new LivenessProbe(() -> outcome, rebuilt::add);

  @Test
  void subscriptionThatDeliversEveryProbeIsKept() {
    for (int i = 0; i < 10; i++) {
      probe.round();
      probe.received();
      probe.received();
    }

    assertThat(rebuilt).isEmpty();
  }

  @Test
  void subscriptionIsRebuiltAfterThreeRoundsInARowWithAMissingProbe() {
    for (int i = 0; i < 3; i++) {
      probe.round();
      probe.received();
    }
    assertThat(rebuilt).isEmpty();

    probe.round();

    assertThat(rebuilt).hasSize(1);
  }

  @Test
  void completeRoundResetsTheCount() {
    probe.round();
    probe.round();
    probe.received();
    probe.received();
    probe.round();
    probe.round();
    probe.round();

    assertThat(rebuilt).isEmpty();
  }

  @Test
  void newConnectionResetsTheCount() {
    probe.round();
    probe.round();
    probe.round();
    probe.reset();
    probe.round();

    assertThat(rebuilt).isEmpty();
  }

  @Test
  void probeThatCouldNotBeSentIsNotMissed() {
    outcome = Future.failedFuture("out of reach");
    for (int i = 0; i < 10; i++) {
      probe.round();
    }

    assertThat(rebuilt).isEmpty();
  }
}
