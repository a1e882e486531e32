package dev.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.fuzz.FuzzTarget;
import java.util.List;

/**
 * Foreign text in the log: a value stays in its line, further lines of a message are indented, and
 * nothing but the ends of lines and tabs controls a terminal.
 */
class LogLineFuzzTest extends FuzzTarget {
  @Override
  protected void check(byte[] input) {
    String text = text(input);
    assertThat(TextLayoutTest.line("Failed", text, null)).containsOnlyOnce("\n").endsWith("\"\n");
    checkLines(TextLayoutTest.line(text, null, null));
    checkLines(TextLayoutTest.line("Failed", null, new IllegalStateException(text)));
  }

  private static void checkLines(String printed) {
    assertThat(printed.chars()).allMatch(c -> c == '\n' || c == '\t' || !Character.isISOControl(c));
    List<String> further = printed.lines().skip(1).toList();
    assertThat(further)
        .allMatch(line -> line.startsWith("\t") || line.startsWith("java.lang.IllegalState"));
  }
}
