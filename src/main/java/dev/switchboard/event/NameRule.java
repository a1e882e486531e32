package dev.switchboard.event;

/** The rule a name obeys: an alphabet for its first and its further characters, and a length. */
final class NameRule {
  private static final String LETTERS_AND_DIGITS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  private final String what;
  private final String form;
  private final int maxLength;
  private final boolean[] first = new boolean[128];
  private final boolean[] further = new boolean[128];

  private NameRule(String what, String form, int maxLength, String firstExtra, String extra) {
    this.what = what;
    this.form = form;
    this.maxLength = maxLength;
    allow(first, LETTERS_AND_DIGITS + firstExtra);
    allow(further, LETTERS_AND_DIGITS + extra);
  }

  /** Starts with a letter or digit; then also any of {@code extra}. */
  static NameRule startingAlphanumeric(String what, int maxLength, String extra) {
    return new NameRule(
        what, "a letter or digit, then letters, digits or " + extra, maxLength, "", extra);
  }

  /** Letters, digits and {@code extra} in any order. */
  static NameRule of(String what, int maxLength, String extra) {
    return new NameRule(what, "letters, digits or " + extra, maxLength, extra, extra);
  }

  private static void allow(boolean[] table, String characters) {
    for (int i = 0; i < characters.length(); i++) {
      table[characters.charAt(i)] = true;
    }
  }

  boolean matches(String text) {
    int length = text.length();
    if (length == 0 || length > maxLength || !in(first, text.charAt(0))) {
      return false;
    }
    for (int i = 1; i < length; i++) {
      if (!in(further, text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean in(boolean[] table, char c) {
    return c < table.length && table[c];
  }

  /** Returns the text, or refuses it with words that say how to mend it. */
  String require(String text) {
    if (!matches(text)) {
      throw new InvalidNameException(what + " must be 1 to " + maxLength + " characters: " + form);
    }
    return text;
  }
}
