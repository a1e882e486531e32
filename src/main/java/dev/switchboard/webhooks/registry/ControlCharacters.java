package dev.switchboard.webhooks.registry;

import java.util.Locale;

/** Makes control characters visible, which could command the terminal that prints them. */
public final class ControlCharacters {
  private ControlCharacters() {}

  /** Replaces each control character in {@code text} by its escape, such as {@code \u001b}. */
  public static String escaped(String text) {
    if (text.chars().noneMatch(Character::isISOControl)) {
      return text;
    }
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    text.chars()
        .forEach(
            c ->
                escaped.append(
                    Character.isISOControl(c)
                        ? String.format(Locale.ROOT, "\\u%04x", c)
                        : String.valueOf((char) c)));
    return escaped.toString();
  }
}
