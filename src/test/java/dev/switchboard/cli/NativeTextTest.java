package dev.switchboard.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Arguments that the JVM could not decode. */
class NativeTextTest {
  private static final String[] DAMAGED = {"publish", "--payload", "\"\uFFFD\uFFFD\"", ""};

  @Test
  void argumentsAreTheLastOnesOfTheCommandLine() {
    byte[] line = "java\0-jar\0x.jar\0publish\0--payload\0\"é\"\0\0".getBytes(UTF_8);

    assertThat(NativeText.restored(DAMAGED, line))
        .containsExactly("publish", "--payload", "\"é\"", "");
  }

  @Test
  void otherBytesThanUtf8AreRefused() {
    byte[] line = "java\0publish\0--payload\0\"é\"\0\0".getBytes(ISO_8859_1);

    assertThatThrownBy(() -> NativeText.restored(DAMAGED, line))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("LC_ALL=C.UTF-8");
  }
}
