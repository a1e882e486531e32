package dev.switchboard.webhooks.format;

import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Text that fits a service's limit after escaping, cut with an ellipsis where it does not.
 *
 * <p>Escapes and characters beyond the basic plane are never cut in half. Limits count UTF-16
 * units, of which a service's characters are never more.
 */
final class LimitedText {
  private static final String ELLIPSIS = "…";

  private LimitedText() {}

  /** {@code text} as it is, or its beginning and an ellipsis: at most {@code max} units. */
  static String cut(String text, int max) {
    return cut(text, max, character -> null);
  }

  /**
   * As {@link #cut(String, int)}, of the text with its escapes.
   *
   * @param escape the escape of a code point; null where it goes as it is
   */
  static String cut(String text, int max, IntFunction<@Nullable String> escape) {
    StringBuilder result = new StringBuilder(Math.min(text.length() + 16, max));
    int fits = 0;
    for (int i = 0; i < text.length(); ) {
      int character = text.codePointAt(i);
      append(result, character, escape.apply(character));
      if (result.length() > max) {
        return result.substring(0, fits) + ELLIPSIS;
      }
      if (result.length() <= max - ELLIPSIS.length()) {
        fits = result.length();
      }
      i += Character.charCount(character);
    }
    return result.toString();
  }

  private static void append(StringBuilder result, int character, @Nullable String escaped) {
    if (escaped != null) {
      result.append(escaped);
    } else if (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE) {
      result.append('\ufffd');
    } else {
      result.appendCodePoint(character);
    }
  }
}
