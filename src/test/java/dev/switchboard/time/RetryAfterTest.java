package dev.switchboard.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms of Retry-After in RFC 9110, sections 10.2.3 and 5.6.7, at both bounds. */
class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final String[] DATE_FORMS = {
    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEEE, dd-MMM-yy HH:mm:ss 'GMT'", "EEE MMM ppd HH:mm:ss yyyy"
  };

  private static long seconds(String header) {
    return Objects.requireNonNull(RetryAfter.parse(header, NOW)).toSeconds();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1",
    "1, 1",
    "2, 2",
    "120, 120",
    "00000000000120, 120",
    "86399, 86399",
    "86400, 86400",
    "86401, 86400",
    "999999999, 86400",
    "9999999999, 86400",
    "99999999999999999999999999999999, 86400"
  })
  void secondsAreBetweenOneSecondAndADay(String header, long expected) {
    assertThat(seconds(header)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Sun, 29 Nov 2026 12:00:30 GMT | 30",
        "Sunday, 29-Nov-26 12:00:30 GMT | 30",
        "Sun Nov 29 12:00:30 2026 | 30",
        "Sun, 29 Nov 2026 12:00:00 GMT | 1",
        "Sun, 29 Nov 2026 11:59:59 GMT | 1",
        "Sun, 06 Nov 1994 08:49:37 GMT | 1",
        "Sunday, 06-Nov-94 08:49:37 GMT | 1",
        "Sun Nov  6 08:49:37 1994 | 1",
        "Mon, 30 Nov 2026 12:00:00 GMT | 86400",
        "Mon, 30 Nov 2026 12:00:01 GMT | 86400",
        "Sunday, 29-Nov-76 12:00:00 GMT | 86400",
        "Tuesday, 29-Nov-77 12:00:00 GMT | 1"
      })
  void everyFormOfDateIsAccepted(String header, long expected) {
    assertThat(seconds(header)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-1",
        "+1",
        "1.5",
        "1e3",
        "1, 2",
        "1 s",
        "soon",
        "٣",
        "2026-11-29T12:00:30Z",
        "Mon, 29 Nov 2026 12:00:30 GMT",
        "Sun, 31 Nov 2026 12:00:30 GMT",
        "Sun, 29 Nov 2026 25:00:00 GMT",
        "Sunday, 29-Nov-2026 12:00:30 GMT",
        "Sun Nov 29 12:00:30 2026 GMT"
      })
  void everythingElseIsIgnored(String header) {
    assertThat(RetryAfter.parse(header, NOW)).isNull();
  }

  @Test
  void missingHeaderAsksForNothing() {
    assertThat(RetryAfter.parse(null, NOW)).isNull();
  }

  @Test
  void spaceAroundTheValueIsNotPartOfIt() {
    assertThat(seconds(" \t120 ")).isEqualTo(120);
  }

  @Property
  void anyNumberOfSecondsIsBounded(@ForAll @LongRange(min = 0) long asked) {
    assertThat(seconds(Long.toString(asked))).isEqualTo(Math.max(1, Math.min(asked, 86_400)));
  }

  @Property
  void dateSaysTheSameInEveryForm(
      @ForAll @IntRange(max = 2) int form, @ForAll @LongRange(max = 200_000) long asked) {
    DateTimeFormatter format = DateTimeFormatter.ofPattern(DATE_FORMS[form], Locale.US);
    String header = format.format(NOW.plusSeconds(asked).atOffset(ZoneOffset.UTC));

    assertThat(RetryAfter.parse(header, NOW))
        .isEqualTo(Duration.ofSeconds(Math.max(1, Math.min(asked, 86_400))));
  }
}
