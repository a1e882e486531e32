package dev.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

/** Lines of the log in the format text. */
class TextLayoutTest {
  private static final String BEGIN = "1970-01-01T00:00:00.000Z WARN  Logger - ";

  static String line(String message, @Nullable String value, @Nullable Throwable failure) {
    LoggingEvent event =
        new LoggingEvent(
            "",
            new LoggerContext().getLogger("dev.switchboard.Logger"),
            Level.WARN,
            message,
            failure,
            null);
    event.setTimeStamp(0);
    if (value != null) {
      event.addKeyValuePair(new KeyValuePair("reason", value));
    }
    return new TextLayout().doLayout(event);
  }

  @Test
  void valuesFollowTheMessageInQuotes() {
    assertThat(line("Redis is down", "no answer", null))
        .isEqualTo(BEGIN + "Redis is down reason=\"no answer\"\n");
  }

  @Test
  void foreignTextCannotForgeALine() {
    assertThat(line("Call failed", "a\nb\r\u001b[2J\u2028\u202e\u0085é", null))
        .isEqualTo(BEGIN + "Call failed reason=\"a\\nb\\u000d\\u001b[2J\\u2028\\u202e\\u0085é\"\n");
  }

  @Test
  void furtherLinesOfAMessageAreIndented() {
    assertThat(line("first\nsecond", null, null)).isEqualTo(BEGIN + "first\n\tsecond\n");
  }

  @Test
  void messageOfAFailureIsIndentedToo() {
    assertThat(line("Failed", null, new IllegalStateException("one\ntwo")))
        .startsWith(BEGIN + "Failed\njava.lang.IllegalStateException: one\n\ttwo\n\t");
  }
}
