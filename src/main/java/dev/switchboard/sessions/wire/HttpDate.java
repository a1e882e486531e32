package dev.switchboard.sessions.wire;

import io.netty.handler.codec.DateFormatter;
import java.util.Date;

/** The value of the header {@code Date}, formatted once a second. */
final class HttpDate {
  private record Formatted(long second, String text) {}

  private static volatile Formatted last = new Formatted(-1, "");

  private HttpDate() {}

  /** Returns the current time. */
  static String now() {
    long millis = System.currentTimeMillis();
    Formatted known = last;
    if (known.second() != millis / 1000) {
      known = new Formatted(millis / 1000, DateFormatter.format(new Date(millis)));
      last = known;
    }
    return known.text();
  }
}
