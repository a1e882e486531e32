package dev.switchboard.webhooks.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPolicyTest {

  @ParameterizedTest
  @CsvSource({"1, 2", "2, 4", "3, 8", "4, 16", "11, 2048", "12, 3600", "13, 3600", "1000, 3600"})
  void delayDoublesFromTwoSecondsUpToAnHour(int failures, long seconds) {
    assertThat(RetryPolicy.delayAfter(failures)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void threeRetriesMeanFourAttempts() {
    assertThat(RetryPolicy.allowsAfter(1, 3)).isTrue();
    assertThat(RetryPolicy.allowsAfter(3, 3)).isTrue();
    assertThat(RetryPolicy.allowsAfter(4, 3)).isFalse();
    assertThat(RetryPolicy.allowsAfter(1, 0)).isFalse();
  }

  @Property
  void delayNeverShrinksAndStaysWithinItsBounds(
      @ForAll @IntRange(min = 1, max = Integer.MAX_VALUE - 1) int failures) {
    assertThat(RetryPolicy.delayAfter(failures))
        .isBetween(RetryPolicy.MIN_DELAY, RetryPolicy.MAX_DELAY)
        .isLessThanOrEqualTo(RetryPolicy.delayAfter(failures + 1));
  }
}
