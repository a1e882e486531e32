package dev.switchboard.webhooks.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The breaker by a clock moved by hand. */
class BreakerTest {
  private final Breaker breaker =
      new Breaker(new Breaker.Rule(4, 75, Duration.ofSeconds(60), Duration.ofSeconds(10)), 0);

  @Test
  void opensWhenTooManyCallsOfTheWindowFailed() {
    boolean early = ended(true, 1) || ended(true, 2) || ended(false, 3);
    boolean opened = ended(true, 4);

    assertThat(early).isFalse();
    assertThat(opened).isTrue();
    assertThat(room(5)).isZero();
    assertThat(breaker.pauseLeft(seconds(5))).isEqualTo(Duration.ofSeconds(9));
  }

  @Test
  void startsOneProbeAndStaysOpenTwiceAsLongIfItFails() {
    open();

    int probes = room(14);
    breaker.started();
    int besideTheProbe = room(14);
    boolean again = ended(true, 15);

    assertThat(probes).isOne();
    assertThat(besideTheProbe).isZero();
    assertThat(again).isTrue();
    assertThat(breaker.pauseLeft(seconds(15))).isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void closesWhenTheProbeIsAnswered() {
    open();
    int unused = room(14);
    breaker.started();

    boolean opened = ended(false, 15);

    assertThat(opened).isFalse();
    assertThat(room(15)).isEqualTo(5);
  }

  @Test
  void forgetsFailuresBeforeTheWindow() {
    boolean opened = ended(true, 1) || ended(true, 2) || ended(true, 3) || ended(true, 70);

    assertThat(opened).isFalse();
    assertThat(room(70)).isEqualTo(5);
  }

  private void open() {
    for (int second = 1; second <= 4; second++) {
      boolean unused = ended(true, second);
    }
  }

  private boolean ended(boolean failed, long second) {
    return breaker.ended(failed, seconds(second));
  }

  private int room(long second) {
    return breaker.room(seconds(second), 5);
  }

  private static long seconds(long count) {
    return TimeUnit.SECONDS.toNanos(count);
  }
}
