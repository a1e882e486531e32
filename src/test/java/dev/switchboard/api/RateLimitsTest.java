package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitsTest {
  private final AtomicLong now = new AtomicLong();
  private final RateLimits limits = new RateLimits(10, 0, now::get);

  private void pass(long millis) {
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  @Test
  void twoSecondsWorthPassesAtOnceAndTheRestWaits() {
    assertThat(limits.ofCaller("a", 20).isRefused()).isFalse();
    assertThat(limits.ofCaller("a", 1).retrySeconds()).isEqualTo(1);

    pass(100);

    assertThat(limits.ofCaller("a", 1).isRefused()).isFalse();
  }

  @Test
  void callersDoNotShareABucket() {
    assertThat(limits.ofCaller("a", 20).isRefused()).isFalse();
    assertThat(limits.ofCaller("b", 20).left()).isZero();
  }

  @Test
  void callLargerThanTheBucketPassesWhenItIsFullAndIsPaidOff() {
    assertThat(limits.ofCaller("a", 60).isRefused()).isFalse();

    pass(3_000);
    assertThat(limits.ofCaller("a", 1).isRefused()).isTrue();

    pass(1_200);
    assertThat(limits.ofCaller("a", 1).isRefused()).isFalse();
  }

  @Test
  void zeroSetsNoLimit() {
    assertThat(limits.limitsTenants()).isFalse();
    assertThat(limits.ofTenant("t", 1_000_000).isRefused()).isFalse();
  }
}
