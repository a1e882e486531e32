package dev.switchboard.webhooks.call;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Reads the {@code Retry-After} of a response: how long its receiver asks to wait. */
final class RetryAfter {
  private static final Duration MIN = Duration.ofSeconds(1);
  private static final Duration MAX = Duration.ofHours(24);

  private RetryAfter() {}

  /**
   * Parses seconds or a date; limited to between a second and a day.
   *
   * @return null if the header is missing or malformed
   */
  static @Nullable Duration parse(@Nullable String header, Instant now) {
    if (header == null) {
      return null;
    }
    String text = header.strip();
    try {
      return bounded(
          text.matches("\\d{1,9}")
              ? Duration.ofSeconds(Long.parseLong(text))
              : Duration.between(
                  now, Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text))));
    } catch (DateTimeException notADate) {
      return null;
    }
  }

  private static Duration bounded(Duration asked) {
    Duration raised = asked.compareTo(MIN) < 0 ? MIN : asked;
    return raised.compareTo(MAX) > 0 ? MAX : raised;
  }
}
