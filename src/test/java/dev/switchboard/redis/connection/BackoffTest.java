package dev.switchboard.redis.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class BackoffTest {

  @Property
  void everyWaitLiesBetweenHalfAndTheWholeOfADoublingOne(
      @ForAll @LongRange(min = 1, max = 1_000) long first,
      @ForAll @LongRange(min = 1_000, max = 60_000) long longest,
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 100) int failures) {
    Backoff backoff =
        new Backoff(Duration.ofMillis(first), Duration.ofMillis(longest), new Random(seed));

    long wait = 0;
    for (int i = 0; i < failures; i++) {
      wait = backoff.nextMillis();
    }

    long whole = Math.min(longest, first << Math.min(failures - 1, 20));
    assertThat(wait).isBetween(Math.max(1, whole / 2), Math.max(1, whole));
    assertThat(backoff.failures()).isEqualTo(failures);
    backoff.reset();
    assertThat(backoff.nextMillis()).isBetween(Math.max(1, first / 2), Math.max(1, first));
  }
}
