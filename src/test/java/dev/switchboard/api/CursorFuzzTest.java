package dev.switchboard.api;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.api.http.ProblemException;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Position;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.webhooks.admin.LogQuery;
import java.util.Set;

/** Positions and cursors from URLs: what is read from a text is read from what is printed of it. */
class CursorFuzzTest extends FuzzTarget {
  @Override
  protected void check(byte[] input) {
    String text = text(input);
    LogPosition one = LogPosition.parse(text);
    if (one != null) {
      assertThat(one).hasToString(text);
      assertThat(one.offset()).isNotNegative();
    }
    Position position = Position.parse(text);
    if (position != null) {
      Position again = requireNonNull(Position.parse(position.toString()));
      assertThat(Set.copyOf(again.positions())).isEqualTo(Set.copyOf(position.positions()));
    }
    LogQuery.Cursor attempt = LogQuery.Cursor.parse(text);
    if (attempt != null) {
      assertThat(LogQuery.Cursor.parse(attempt.toString())).isEqualTo(attempt);
    }
    checkKept(text);
  }

  private static void checkKept(String text) {
    KeptCursor cursor;
    try {
      cursor = KeptCursor.parse(text);
    } catch (ProblemException refused) {
      return;
    }
    if (cursor != null) {
      assertThat(KeptCursor.parse(cursor.toString())).isEqualTo(cursor);
    }
  }
}
