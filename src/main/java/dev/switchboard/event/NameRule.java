package dev.switchboard.event;

/** The rule for a kind of name: the alphabets of its first and later characters, and its length. */
final class NameRule {
  private static final String LETTERS_AND_DIGITS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  private final String kind;
  private final String form;
  private final int maxLength;
  private final boolean[] first = new boolean[128];
  private final boolean[] further = new boolean[128];

  private NameRule(String kind, String form, int maxLength, String firstExtra, String extra) {
    this.kind = kind;
    this.form = form;
    this.maxLength = maxLength;
    allow(first, LETTERS_AND_DIGITS + firstExtra);
    allow(further, LETTERS_AND_DIGITS + extra);
  }

  /** Allows a letter or digit first, and then also the characters of {@code extra}. */
  static NameRule startingAlphanumeric(String kind, int maxLength, String extra) {
    return new NameRule(
        kind, "a letter or digit, then letters, digits or " + extra, maxLength, "", extra);
  }

  /** Allows letters, digits and the characters of {@code extra} everywhere. */
  static NameRule of(String kind, int maxLength, String extra) {
    return new NameRule(kind, "letters, digits or " + extra, maxLength, extra, extra);
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

  /** Returns the text; throws if it breaks the rule, with a message that describes the rule. */
  String require(String text) {
    if (!matches(text)) {
      throw new InvalidNameException(kind + " must be 1 to " + maxLength + " characters: " + form);
    }
    return text;
  }
}
