package dev.switchboard.api;

import dev.switchboard.api.http.ProblemException;
import dev.switchboard.event.LogPosition;
import dev.switchboard.kept.KeptStart;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the next page of a snapshot begins: the moment at which the first page was read, and the
 * place behind which to continue. On the wire an opaque text.
 */
record KeptCursor(KeptStart start, long after) {
  private static final Pattern FORM =
      Pattern.compile("([a-z0-9]{1,32}:\\d{1,16})-(\\d{1,16})-(\\d{1,15})-(\\d{1,15})-(\\d{1,16})");

  /**
   * Reads the wire form.
   *
   * @return null if the text is absent
   */
  static @Nullable KeptCursor parse(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return null;
    }
    Matcher parts = FORM.matcher(text);
    LogPosition top = parts.matches() ? LogPosition.parse(parts.group(1)) : null;
    if (top == null) {
      throw ProblemException.badRequest("after must be the next of an earlier page");
    }
    KeptStart start =
        new KeptStart(top, number(parts, 2), moment(parts, 3), moment(parts, 4), 0, 0);
    return new KeptCursor(start, number(parts, 5));
  }

  private static long number(Matcher parts, int group) {
    return Long.parseLong(parts.group(group));
  }

  private static Instant moment(Matcher parts, int group) {
    return Instant.ofEpochMilli(number(parts, group));
  }

  /** Returns the cursor, or that of the first page of a snapshot that begins now. */
  static KeptCursor orStart(@Nullable KeptCursor cursor, KeptStart now) {
    return cursor == null ? new KeptCursor(now, 0) : cursor;
  }

  /** The same snapshot, from another place on. */
  KeptCursor at(long place) {
    return new KeptCursor(start, place);
  }

  @Override
  public String toString() {
    return start.top()
        + ("-" + start.place())
        + ("-" + start.since().toEpochMilli())
        + ("-" + start.time().toEpochMilli())
        + ("-" + after);
  }
}
