package dev.switchboard.sessions.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClientLimitsTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final ClientLimits limits = new ClientLimits(5, 0);

  @Test
  void burstOfTwoSecondsPassesAndThenTheRate() {
    for (int i = 0; i < 10; i++) {
      assertThat(limits.tryTake(0)).isTrue();
    }
    assertThat(limits.tryTake(0)).isFalse();

    for (int i = 0; i < 5; i++) {
      assertThat(limits.tryTake(SECOND)).isTrue();
    }
    assertThat(limits.tryTake(SECOND)).isFalse();
  }

  @Test
  void countsBeginAgainAfterAMinuteEachOnItsOwn() {
    assertThat(limits.countMalformed(0)).isEqualTo(1);
    assertThat(limits.countMalformed(60 * SECOND)).isEqualTo(2);
    assertThat(limits.countTooMany(60 * SECOND)).isEqualTo(1);
    assertThat(limits.countMalformed(61 * SECOND)).isEqualTo(1);
    assertThat(limits.countMalformed(61 * SECOND)).isEqualTo(2);
  }
}
