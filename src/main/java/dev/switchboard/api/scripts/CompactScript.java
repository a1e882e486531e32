package dev.switchboard.api.scripts;

import dev.switchboard.api.scripts.Token.Kind;
import java.util.List;

/**
 * Writes a script without comments and without the white space and signs that it does not need.
 * Does not know where the language would put a semicolon by itself: every statement must have its
 * own, and none may be empty.
 */
public final class CompactScript {
  private final StringBuilder text = new StringBuilder();
  private final MarkupText markup = new MarkupText();
  private Token last = new Token(Kind.SIGN, ";");

  private CompactScript() {}

  /**
   * Returns the same script, shorter.
   *
   * @throws IllegalArgumentException if a comment, text or template has no end
   */
  public static String of(String script) {
    return of(Tokens.of(script));
  }

  static String of(List<Token> tokens) {
    CompactScript writer = new CompactScript();
    boolean apart = false;
    for (Token token : tokens) {
      if (token.kind() == Kind.GAP) {
        apart = true;
      } else {
        writer.write(token, apart);
        apart = false;
      }
    }
    return writer.text.toString();
  }

  private void write(Token token, boolean apart) {
    if (isNeedless(last, token)) {
      text.setLength(text.length() - 1);
    } else if (apart && wouldJoin(last, token)) {
      text.append(' ');
    }
    text.append(written(token));
    last = token;
  }

  private String written(Token token) {
    return switch (token.kind()) {
      case MARKUP -> markup.compact(token.text());
      case STRING -> quoted(token.text());
      case GAP, REGEX, SIGN, TEMPLATE, WORD -> token.text();
    };
  }

  /** Quotes as in the templates of elements: what repeats is compressed. */
  private static String quoted(String string) {
    String inner = string.substring(1, string.length() - 1);
    return inner.contains("\"") || inner.contains("\\") ? string : '"' + inner + '"';
  }

  /** Whether the sign before the bracket only separates it from what does not follow. */
  private static boolean isNeedless(Token before, Token after) {
    return (before.is(",") && (after.is("}") || after.is(")")))
        || (before.is(";") && after.is("}"));
  }

  /** Whether the two would be read as something else without a space between them. */
  private static boolean wouldJoin(Token before, Token after) {
    char end = before.text().charAt(before.text().length() - 1);
    char start = after.text().charAt(0);
    return (isWord(before) && isWord(after)) || (isOperator(end) && isOperator(start));
  }

  private static boolean isWord(Token token) {
    return token.kind() == Kind.WORD || token.kind() == Kind.REGEX;
  }

  private static boolean isOperator(char sign) {
    return "+-/".indexOf(sign) >= 0;
  }
}
