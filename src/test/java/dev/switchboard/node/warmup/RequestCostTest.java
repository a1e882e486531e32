package dev.switchboard.node.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RequestCostTest {
  private static final long WINDOW = 2_000;

  private final AtomicLong cpuNanos = new AtomicLong();
  private final RequestCost cost = new RequestCost(cpuNanos::get);
  private long requests;

  /** A window of requests of which each costs this much. */
  private boolean isLevelAfterWindowAt(long nanosEach) {
    requests += WINDOW;
    cpuNanos.addAndGet(WINDOW * nanosEach);
    return cost.isLevel(requests);
  }

  @Test
  void isNotLevelWhileItFalls() {
    for (long nanos = 1_000_000; nanos > 100_000; nanos = nanos * 9 / 10) {
      assertThat(isLevelAfterWindowAt(nanos)).isFalse();
    }
  }

  @Test
  void isLevelAfterSomeWindowsWithoutProgress() {
    assertThat(isLevelAfterWindowAt(500_000)).isFalse();
    for (int i = 0; i < 3; i++) {
      assertThat(isLevelAfterWindowAt(490_000)).isFalse();
    }

    assertThat(isLevelAfterWindowAt(490_000)).isTrue();
  }

  @Test
  void progressBeginsTheCountAgain() {
    for (int i = 0; i < 4; i++) {
      assertThat(isLevelAfterWindowAt(500_000)).isFalse();
    }

    assertThat(isLevelAfterWindowAt(300_000)).isFalse();
    assertThat(isLevelAfterWindowAt(300_000)).isFalse();
  }

  @Test
  void fewRequestsSayNothing() {
    for (int i = 1; i < 20; i++) {
      assertThat(cost.isLevel(i * 50L)).isFalse();
    }
  }
}
