package dev.switchboard.time;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the {@code Retry-After} of a response (RFC 9110): how long its sender asks to wait. */
public final class RetryAfter {
  private static final Duration MIN = Duration.ofSeconds(1);
  private static final Duration MAX = Duration.ofHours(24);

  /** More digits exceed the maximum in any case. */
  private static final int MAX_DIGITS = 9;

  /** The form of C's asctime, which RFC 9110 still asks to accept. */
  private static final DateTimeFormatter ASCTIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.US);

  private static final int YEARS_AHEAD = 50;

  private RetryAfter() {}

  /**
   * Parses seconds, or a date in one of the three forms of RFC 9110; limited to between a second
   * and a day.
   *
   * @return null if the header is missing or malformed
   */
  public static @Nullable Duration parse(@Nullable String header, Instant now) {
    if (header == null) {
      return null;
    }
    String text = header.strip();
    if (text.matches("\\d+")) {
      return bounded(seconds(text));
    }
    try {
      return bounded(Duration.between(now, date(text, now)));
    } catch (DateTimeException notADate) {
      return null;
    }
  }

  private static Duration seconds(String digits) {
    String significant = digits.replaceFirst("^0+", "");
    if (significant.isEmpty()) {
      return Duration.ZERO;
    }
    return significant.length() > MAX_DIGITS
        ? MAX
        : Duration.ofSeconds(Long.parseLong(significant));
  }

  private static Instant date(String text, Instant now) {
    if (text.indexOf(',') < 0) {
      return LocalDateTime.parse(text, ASCTIME).toInstant(ZoneOffset.UTC);
    }
    return text.indexOf('-') < 0 || text.indexOf('-') > text.indexOf(':')
        ? Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text))
        : LocalDateTime.parse(text, rfc850(now)).toInstant(ZoneOffset.UTC);
  }

  /** The form of RFC 850; its year of two digits is at most 50 years ahead. */
  private static DateTimeFormatter rfc850(Instant now) {
    int firstYear = now.atOffset(ZoneOffset.UTC).getYear() + YEARS_AHEAD - 99;
    return new DateTimeFormatterBuilder()
        .appendPattern("EEEE, dd-MMM-")
        .appendValueReduced(ChronoField.YEAR, 2, 2, firstYear)
        .appendPattern(" HH:mm:ss 'GMT'")
        .toFormatter(Locale.US);
  }

  private static Duration bounded(Duration asked) {
    Duration raised = asked.compareTo(MIN) < 0 ? MIN : asked;
    return raised.compareTo(MAX) > 0 ? MAX : raised;
  }
}
