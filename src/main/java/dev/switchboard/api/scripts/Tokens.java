package dev.switchboard.api.scripts;

import dev.switchboard.api.scripts.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * Reads the tokens of a module. It knows the whole of the language but for one thing: a slash after
 * a closing bracket divides, so that no statement can begin with a regular expression.
 */
final class Tokens {
  /** Keywords after which a slash begins a regular expression. */
  private static final Set<String> BEFORE_VALUE =
      Set.of(
          "return",
          "typeof",
          "case",
          "in",
          "of",
          "delete",
          "void",
          "instanceof",
          "new",
          "throw",
          "else",
          "do",
          "await",
          "yield");

  private static final String CLOSING = ")]}";

  private final String script;
  private final List<Token> tokens = new ArrayList<>();

  /** Of each template that is open, outermost first. */
  private final Deque<OpenTemplate> templates = new ArrayDeque<>();

  private Token last = new Token(Kind.SIGN, ";");
  private int at;

  private Tokens(String script) {
    this.script = script;
  }

  /** A template in one of whose values the reader is; counts the braces open in it. */
  private static final class OpenTemplate {
    private final Kind kind;
    private int braces;

    OpenTemplate(Kind kind) {
      this.kind = kind;
    }
  }

  /**
   * Reads all tokens.
   *
   * @throws IllegalArgumentException if a comment, text or template has no end
   */
  static List<Token> of(String script) {
    Tokens reader = new Tokens(script);
    while (reader.at < script.length()) {
      reader.readOne();
    }
    if (!reader.templates.isEmpty()) {
      throw reader.endless("template");
    }
    return reader.tokens;
  }

  private void readOne() {
    char first = script.charAt(at);
    if (isSpace(first) || script.startsWith("//", at) || script.startsWith("/*", at)) {
      add(Kind.GAP, endOfGap());
    } else if (first == '"' || first == '\'') {
      add(Kind.STRING, endOfString(first));
    } else if (first == '`') {
      addTemplate(last.is("html") ? Kind.MARKUP : Kind.TEMPLATE);
    } else if (isPartOfWord(first)) {
      add(Kind.WORD, endOfWord());
    } else if (first == '/' && beginsRegex()) {
      add(Kind.REGEX, endOfRegex());
    } else {
      readSign(first);
    }
  }

  private void readSign(char sign) {
    OpenTemplate open = templates.peek();
    if (open != null && sign == '}' && open.braces == 0) {
      addTemplate(templates.pop().kind);
      return;
    }
    if (open != null) {
      open.braces += sign == '{' ? 1 : sign == '}' ? -1 : 0;
    }
    add(Kind.SIGN, at + 1);
  }

  private void add(Kind kind, int end) {
    Token token = new Token(kind, script.substring(at, end));
    tokens.add(token);
    if (kind != Kind.GAP) {
      last = token;
    }
    at = end;
  }

  /** Reads from a grave accent, or the end of a value, to the next value or the end. */
  private void addTemplate(Kind kind) {
    int end = at + 1;
    while (!script.startsWith("`", end) && !script.startsWith("${", end)) {
      end = after(end, "template");
    }
    boolean opensValue = script.charAt(end) == '$';
    add(kind, opensValue ? end + 2 : end + 1);
    if (opensValue) {
      templates.push(new OpenTemplate(kind));
    }
  }

  private int endOfGap() {
    int end = at;
    while (end < script.length()) {
      if (isSpace(script.charAt(end))) {
        end++;
      } else if (script.startsWith("//", end)) {
        int line = script.indexOf('\n', end);
        end = line < 0 ? script.length() : line;
      } else if (script.startsWith("/*", end)) {
        int close = script.indexOf("*/", end + 2);
        if (close < 0) {
          throw endless("comment");
        }
        end = close + 2;
      } else {
        return end;
      }
    }
    return end;
  }

  private int endOfString(char quote) {
    int end = at + 1;
    while (end >= script.length() || script.charAt(end) != quote) {
      end = after(end, "string");
    }
    return end + 1;
  }

  private int endOfWord() {
    int end = at + 1;
    while (end < script.length() && isPartOfWord(script.charAt(end))) {
      end++;
    }
    return end;
  }

  private boolean beginsRegex() {
    return switch (last.kind()) {
      case SIGN -> !CLOSING.contains(last.text());
      case WORD -> BEFORE_VALUE.contains(last.text());
      case MARKUP, TEMPLATE -> !last.text().endsWith("`");
      case GAP, REGEX, STRING -> false;
    };
  }

  private int endOfRegex() {
    boolean inClass = false;
    int end = at + 1;
    while (end >= script.length() || script.charAt(end) != '/' || inClass) {
      int next = after(end, "regular expression");
      inClass = script.charAt(end) == '[' || (inClass && script.charAt(end) != ']');
      end = next;
    }
    end++;
    while (end < script.length() && isPartOfWord(script.charAt(end))) {
      end++;
    }
    return end;
  }

  /** The position after the character, or after the escape, at this one. */
  private int after(int position, String what) {
    if (position >= script.length()) {
      throw endless(what);
    }
    return script.charAt(position) == '\\' ? position + 2 : position + 1;
  }

  private IllegalArgumentException endless(String what) {
    long line = script.substring(0, at).lines().count();
    return new IllegalArgumentException(
        "a " + what + " that begins in line " + line + " has no end");
  }

  private static boolean isSpace(char letter) {
    return Character.isWhitespace(letter) || letter == '\u00a0' || letter == '\ufeff';
  }

  static boolean isPartOfWord(char letter) {
    return Character.isLetterOrDigit(letter) || "_$#".indexOf(letter) >= 0 || letter > 0x7f;
  }
}
