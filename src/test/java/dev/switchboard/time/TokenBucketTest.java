package dev.switchboard.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private long now = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(1);
  private final TokenBucket bucket = new TokenBucket(10, 20, now);

  private void pass(long millis) {
    now += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Test
  void newBucketIsFull() {
    assertThat(bucket.isFull(now)).isTrue();
    assertThat(bucket.take(20, now)).isTrue();
    assertThat(bucket.isFull(now)).isFalse();
  }

  @Test
  void emptyBucketRefusesUntilTokensAreGained() {
    assertThat(bucket.take(20, now)).isTrue();

    assertThat(bucket.take(5, now)).isFalse();
    assertThat(bucket.secondsUntil(5)).isEqualTo(0.5);

    pass(500);
    assertThat(bucket.take(5, now)).isTrue();
    assertThat(bucket.available()).isZero();
  }

  @Test
  void bucketGainsNoMoreThanItsCapacityAlsoWhenTheClockWrapsAround() {
    assertThat(bucket.take(1, now)).isTrue();

    pass(3_600_000);

    assertThat(bucket.take(1, now)).isTrue();
    assertThat(bucket.available()).isEqualTo(19);
  }

  @Test
  void moreThanTheCapacityIsTakenFromAFullBucketAndOwed() {
    assertThat(bucket.take(60, now)).isTrue();
    assertThat(bucket.available()).isZero();

    assertThat(bucket.take(1, now)).isFalse();
    assertThat(bucket.secondsUntil(1)).isEqualTo(4.1);
  }

  @Test
  void tokensThatAreGivenBackCanBeTakenAgain() {
    assertThat(bucket.take(20, now)).isTrue();

    bucket.giveBack(20);

    assertThat(bucket.take(20, now)).isTrue();
  }
}
