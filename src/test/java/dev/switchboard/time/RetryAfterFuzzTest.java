package dev.switchboard.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.fuzz.FuzzTarget;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** What a receiver asks to wait is between a second and a day; its date says the same. */
class RetryAfterFuzzTest extends FuzzTarget {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

  @Override
  protected void check(byte[] input) {
    Duration wait = RetryAfter.parse(text(input), NOW);
    if (wait != null) {
      assertThat(wait).isBetween(Duration.ofSeconds(1), Duration.ofHours(24));
      String date =
          DateTimeFormatter.RFC_1123_DATE_TIME.format(NOW.plus(wait).atOffset(ZoneOffset.UTC));
      assertThat(RetryAfter.parse(date, NOW)).isEqualTo(wait);
    }
  }
}
