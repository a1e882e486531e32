package dev.switchboard.webhooks.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.webhooks.admin.LogQuery.Cursor;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogQueryTest {
  @Property
  void cursorIsReadAsItWasWritten(
      @ForAll @LongRange(min = 0, max = 253_402_300_799L) long seconds,
      @ForAll @LongRange(min = 0, max = 999_999) long micros,
      @ForAll long id) {
    Instant at = Instant.ofEpochSecond(seconds, seconds == 253_402_300_799L ? 0 : micros * 1_000);
    Cursor cursor = new Cursor(at, id);

    boolean representable = seconds < Long.MAX_VALUE / 1_000_000_000;
    assertThat(Cursor.parse(cursor.toString())).isEqualTo(representable ? cursor : null);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "_", "1", "1_", "_1", "1_2_3", "a_1", "1_a", "-1_1", "9223372036854775807_1"})
  void otherTextIsNoCursor(String text) {
    assertThat(Cursor.parse(text)).isNull();
  }
}
