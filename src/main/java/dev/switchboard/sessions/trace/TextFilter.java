package dev.switchboard.sessions.trace;

import java.nio.charset.StandardCharsets;

/**
 * Finds a text within envelopes, as it is written there: strings have their JSON escapes. Letters
 * of ASCII match in either case.
 */
public final class TextFilter {
  private final byte[] wanted;

  /** Finds {@code text}, which is not empty. */
  public TextFilter(String text) {
    this.wanted = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = lower(wanted[i]);
    }
  }

  /** Whether the text is within the first {@code length} bytes. */
  boolean isIn(byte[] bytes, int length) {
    for (int start = 0; start + wanted.length <= length; start++) {
      if (isAt(bytes, start)) {
        return true;
      }
    }
    return false;
  }

  private boolean isAt(byte[] bytes, int start) {
    for (int i = 0; i < wanted.length; i++) {
      if (lower(bytes[start + i]) != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  private static byte lower(byte letter) {
    return letter >= 'A' && letter <= 'Z' ? (byte) (letter + ('a' - 'A')) : letter;
  }
}
