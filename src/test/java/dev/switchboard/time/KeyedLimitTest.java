package dev.switchboard.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class KeyedLimitTest {
  private final AtomicLong now = new AtomicLong();
  private final KeyedLimit limit = new KeyedLimit(3, now::get);

  private void exhaust(Object key) {
    for (int i = 0; i < 3; i++) {
      assertThat(limit.secondsUntilAllowed(key)).isZero();
    }
  }

  @Test
  void saysHowLongToWaitForTheNext() {
    exhaust("a");

    assertThat(limit.secondsUntilAllowed("a")).isEqualTo(20);
    now.addAndGet(TimeUnit.SECONDS.toNanos(19));
    assertThat(limit.secondsUntilAllowed("a")).isEqualTo(1);
    now.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(limit.secondsUntilAllowed("a")).isZero();
    assertThat(limit.secondsUntilAllowed("a")).isEqualTo(20);
  }

  @Test
  void keysDoNotCountForEachOther() {
    exhaust("a");

    assertThat(limit.secondsUntilAllowed("b")).isZero();
  }

  @Test
  void remembersTheKeysThatWereUsedLast() {
    exhaust("used");
    exhaust("forgotten");
    for (int i = 0; i < 9_998; i++) {
      assertThat(limit.secondsUntilAllowed(i)).isZero();
    }
    assertThat(limit.secondsUntilAllowed("used")).isPositive();

    assertThat(limit.secondsUntilAllowed("one more")).isZero();

    assertThat(limit.secondsUntilAllowed("used")).isPositive();
    assertThat(limit.secondsUntilAllowed("forgotten")).isZero();
  }
}
