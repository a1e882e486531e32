package dev.switchboard.sessions.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A text is found wherever it stands, but not behind the bytes that may be searched. */
class TextFilterTest {
  @ParameterizedTest
  @CsvSource({
    "call, call.incoming, 13, true",
    "CALL, a call, 6, true",
    "INCOMING, call.incoming, 13, true",
    "ing, call.incoming, 12, false",
    "aab, aaab, 4, true",
    "é, caf\u00e9, 5, true",
    "É, caf\u00e9, 5, false",
    "longer, long, 4, false"
  })
  void textIsFoundWithinTheLength(String text, String searched, int length, boolean found) {
    byte[] bytes = searched.getBytes(StandardCharsets.UTF_8);

    assertThat(new TextFilter(text).isIn(bytes, length)).isEqualTo(found);
  }
}
