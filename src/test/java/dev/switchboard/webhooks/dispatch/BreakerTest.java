package dev.switchboard.webhooks.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The breaker by a clock moved by hand. */
class BreakerTest {
  private final Breaker breaker =
      new Breaker(
          new Breaker.Rule(
              4, 75, Duration.ofSeconds(45), Duration.ofSeconds(60), Duration.ofSeconds(10)),
          0);

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

  @Test
  void opensAfterFewCallsThatHoldWorkersForLong() {
    boolean first = breaker.ended(true, Duration.ofSeconds(30), seconds(1));
    boolean second = breaker.ended(true, Duration.ofSeconds(30), seconds(33));

    assertThat(first).isFalse();
    assertThat(second).isTrue();
    assertThat(room(34)).isZero();
  }

  @Test
  void staysClosedIfMostOfTheTimeIsSpentOnCallsThatAreAnswered() {
    boolean opened = false;
    for (int i = 1; i <= 10; i++) {
      opened |= breaker.ended(i % 2 == 0, Duration.ofSeconds(25), seconds(5L * i));
    }

    assertThat(opened).isFalse();
  }

  @Test
  void showsSinceWhenItIsOpenAndWhenItTriesNext() {
    open();

    assertThat(breaker.view(seconds(6)))
        .isEqualTo(new Breaker.View(Duration.ofSeconds(2), Duration.ofSeconds(8)));
    assertThat(room(14)).isOne();
    breaker.started();
    assertThat(breaker.view(seconds(15))).isEqualTo(new Breaker.View(Duration.ofSeconds(11), null));
    assertThat(ended(true, 16)).isTrue();
    assertThat(breaker.view(seconds(16)))
        .isEqualTo(new Breaker.View(Duration.ofSeconds(12), Duration.ofSeconds(20)));
  }

  @Test
  void closesWhenATestCallIsAnswered() {
    open();

    breaker.close(seconds(5));

    assertThat(room(5)).isEqualTo(5);
    assertThat(breaker.view(seconds(5))).isNull();
  }

  private void open() {
    for (int second = 1; second <= 4; second++) {
      boolean unused = ended(true, second);
    }
  }

  private boolean ended(boolean failed, long second) {
    return breaker.ended(failed, Duration.ofMillis(10), seconds(second));
  }

  private int room(long second) {
    return breaker.room(seconds(second), 5);
  }

  private static long seconds(long count) {
    return TimeUnit.SECONDS.toNanos(count);
  }
}
