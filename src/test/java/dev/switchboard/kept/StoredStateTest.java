package dev.switchboard.kept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.event.LogPosition;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredStateTest {
  private static StoredState parse(String text) {
    return StoredState.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The body may contain anything, also spaces. */
  @Property
  void valueOfTheScriptIsReadInItsParts(
      @ForAll @LongRange(min = 0, max = 9_999_999_999_999L) long end,
      @ForAll @LongRange(min = 1, max = 9_999_999_999L) long offset,
      @ForAll String body) {
    StoredState state = parse(end + " 17 k3f9:" + offset + " " + body);

    assertThat(state.end()).isEqualTo(Instant.ofEpochMilli(end));
    assertThat(state.position()).isEqualTo(new LogPosition("k3f9", offset));
    assertThat(state.body()).isEqualTo(body.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "1 2", "1 2 k3f9:1"})
  void anotherFormIsAFault(String text) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(IllegalStateException.class);
  }
}
