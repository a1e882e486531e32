package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.api.http.ProblemException;
import dev.switchboard.event.LogPosition;
import dev.switchboard.kept.KeptStart;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeptCursorTest {
  private static KeptStart start(long offset, long place, long since, long time) {
    return new KeptStart(
        new LogPosition("k3f9", offset),
        place,
        Instant.ofEpochMilli(since),
        Instant.ofEpochMilli(time),
        0,
        0);
  }

  @Property
  void cursorIsReadAsItWasWritten(
      @ForAll @LongRange(min = 0, max = 999_999_999_999_999L) long offset,
      @ForAll @LongRange(min = 0, max = 999_999_999_999_999L) long place,
      @ForAll @LongRange(min = 0, max = 999_999_999_999_999L) long time,
      @ForAll @LongRange(min = 0, max = 999_999_999_999_999L) long after) {
    KeptCursor cursor = new KeptCursor(start(offset, place, time / 2, time), after);

    assertThat(KeptCursor.parse(cursor.toString())).isEqualTo(cursor);
  }

  @Test
  void withoutACursorASnapshotBeginsNow() {
    KeptStart now = start(1, 2, 3, 4);

    assertThat(KeptCursor.parse(null)).isNull();
    assertThat(KeptCursor.parse("")).isNull();
    assertThat(KeptCursor.orStart(null, now)).isEqualTo(new KeptCursor(now, 0));
    assertThat(KeptCursor.orStart(null, now).at(7).after()).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"x", "a:1-2-3-4", "a:1-2-3-4-", "A:1-2-3-4-5", "a:01-2-3-4-5", "a:1--2-3-4-5"})
  void otherTextIsRefused(String text) {
    assertThatThrownBy(() -> KeptCursor.parse(text)).isInstanceOf(ProblemException.class);
  }
}
