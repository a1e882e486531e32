package dev.switchboard.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Pauses double up to a maximum, and each is shortened at random. */
class BackoffTest {
  @Property
  void pauseIsBetweenHalfAndAllOfADoublingOne(
      @ForAll @LongRange(min = 1, max = 1_000) long first,
      @ForAll @LongRange(min = 1_000, max = 60_000) long max,
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 100) int failures) {
    Backoff backoff =
        new Backoff(Duration.ofMillis(first), Duration.ofMillis(max), new Random(seed));

    long pause = 0;
    for (int i = 0; i < failures; i++) {
      pause = backoff.next().toMillis();
    }

    long full = Math.min(max, first << Math.min(failures - 1, 20));
    assertThat(pause).isBetween(Math.max(1, full / 2), Math.max(1, full));
    assertThat(backoff.failures()).isEqualTo(failures);
    backoff.reset();
    assertThat(backoff.next().toMillis()).isBetween(Math.max(1, first / 2), Math.max(1, first));
  }
}
