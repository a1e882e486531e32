package dev.switchboard.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The README's table of settings matches the code. */
class ReadmeTest {
  private static final Path README = Path.of("README.md");
  private static final String BEGIN = "<!-- config:begin -->\n";
  private static final String END = "<!-- config:end -->";

  /**
   * After a change of settings: {@code mvn test -Dtest=ReadmeTest -Dswitchboard.regenerate=true}.
   */
  @Test
  void listsEverySettingWithItsDefault() throws IOException {
    String readme = Files.readString(README);
    int begin = readme.indexOf(BEGIN);
    int end = readme.indexOf(END);
    assertThat(begin).as("README.md has the marker %s", BEGIN.strip()).isNotNegative();
    assertThat(end).as("README.md has the marker %s after it", END).isGreaterThan(begin);

    String expected = ConfigDocument.markdownTable();
    if (Boolean.getBoolean("switchboard.regenerate")) {
      readme = readme.substring(0, begin + BEGIN.length()) + expected + readme.substring(end);
      Files.writeString(README, readme);
      end = readme.indexOf(END);
    }

    assertThat(readme.substring(begin + BEGIN.length(), end))
        .as("run with -Dswitchboard.regenerate=true to write the table again")
        .isEqualTo(expected);
  }
}
