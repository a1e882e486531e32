package dev.switchboard.client.platform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.JsonTrees;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * JSON as the client for Java programs reads and writes it: what an independent reader accepts, it
 * reads as the same value, and writes so that both read it again.
 */
class JsonFuzzTest extends FuzzTarget {
  @Override
  protected void check(byte[] input) {
    String text = text(input);
    Optional<JsonTrees.Tree> tree = JsonTrees.read(text.getBytes(UTF_8));
    Object value;
    try {
      value = Json.read(text);
    } catch (IllegalArgumentException refused) {
      assertThat(tree.isEmpty() || isDeep(text)).as(refused.getMessage()).isTrue();
      return;
    }
    if (text.matches("(?s).*[eE][+-]?\\d{6,}.*")) {
      // Numbers that no BigDecimal holds can be read, but not written.
      return;
    }
    String written = Json.write(value);
    assertThat(Json.read(written)).isEqualTo(value);
    Object again = read(written);
    if (tree.isPresent()) {
      assertThat(JsonTrees.same(again, tree.get().value())).isTrue();
    }
  }

  private static @Nullable Object read(String json) {
    return JsonTrees.read(json.getBytes(UTF_8)).orElseThrow().value();
  }

  /** The client accepts fewer levels than the other reader. */
  private static boolean isDeep(String text) {
    return text.chars().filter(c -> c == '[' || c == '{').count() > 512;
  }
}
