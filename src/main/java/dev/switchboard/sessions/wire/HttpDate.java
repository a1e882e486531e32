package dev.switchboard.sessions.wire;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The value of the header {@code Date}, formatted once a second. */
final class HttpDate {
  private record Formatted(long second, String text) {}

  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private static volatile Formatted last = new Formatted(-1, "");

  private HttpDate() {}

  /** Returns the current time. */
  static String now() {
    long millis = System.currentTimeMillis();
    Formatted known = last;
    if (known.second() != millis / 1000) {
      known = new Formatted(millis / 1000, FORMAT.format(Instant.ofEpochMilli(millis)));
      last = known;
    }
    return known.text();
  }
}
