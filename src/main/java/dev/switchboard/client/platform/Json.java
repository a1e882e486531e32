package dev.switchboard.client.platform;

import dev.switchboard.client.model.Event;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads and writes JSON texts (RFC 8259), in the representation that {@link Event} describes. */
public final class Json {
  private static final int MAX_DEPTH = 512;
  private static final int HEX = 16;
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /**
   * Reads one value.
   *
   * @throws IllegalArgumentException if the text is not JSON
   */
  public static @Nullable Object read(String text) {
    Json json = new Json(text);
    Object value = json.value(0);
    json.skipSpace();
    if (json.at < text.length()) {
      throw json.malformed();
    }
    return value;
  }

  private @Nullable Object value(int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("the JSON text is nested too deeply");
    }
    skipSpace();
    return switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> literal("true", true);
      case 'f' -> literal("false", false);
      case 'n' -> literal("null", null);
      default -> number();
    };
  }

  private Map<String, @Nullable Object> object(int depth) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    at++;
    skipSpace();
    if (peek() == '}') {
      at++;
      return members;
    }
    do {
      skipSpace();
      String name = string();
      skipSpace();
      expect(':');
      members.put(name, value(depth + 1));
      skipSpace();
    } while (hasNext('}'));
    return members;
  }

  private List<@Nullable Object> array(int depth) {
    List<@Nullable Object> elements = new ArrayList<>();
    at++;
    skipSpace();
    if (peek() == ']') {
      at++;
      return elements;
    }
    do {
      elements.add(value(depth + 1));
      skipSpace();
    } while (hasNext(']'));
    return elements;
  }

  /** Passes a comma, or the end of a list. */
  private boolean hasNext(char end) {
    char next = peek();
    if (next != ',' && next != end) {
      throw malformed();
    }
    at++;
    return next == ',';
  }

  private String string() {
    expect('"');
    int start = at;
    while (peek() != '"' && text.charAt(at) != '\\') {
      at++;
    }
    StringBuilder value = new StringBuilder(text.substring(start, at));
    while (peek() != '"') {
      char next = text.charAt(at++);
      value.append(next == '\\' ? escaped() : next);
    }
    at++;
    return value.toString();
  }

  private char escaped() {
    char kind = peek();
    at++;
    return switch (kind) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      case '"', '\\', '/' -> kind;
      default -> throw malformed();
    };
  }

  private char unicode() {
    if (at + 4 > text.length()) {
      throw malformed();
    }
    int code = 0;
    for (int end = at + 4; at < end; at++) {
      int digit = Character.digit(text.charAt(at), HEX);
      if (digit < 0 || text.charAt(at) > 'f') {
        throw malformed();
      }
      code = code * HEX + digit;
    }
    return (char) code;
  }

  private @Nullable Object literal(String word, @Nullable Object value) {
    if (!text.startsWith(word, at)) {
      throw malformed();
    }
    at += word.length();
    return value;
  }

  private Object number() {
    int start = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String digits = text.substring(start, at);
    if (!NUMBER.matcher(digits).matches()) {
      throw malformed();
    }
    try {
      BigDecimal number = new BigDecimal(digits);
      return number.scale() <= 0 ? exact(number) : number;
    } catch (NumberFormatException exponentTooLarge) {
      return Double.valueOf(digits);
    }
  }

  private static Number exact(BigDecimal whole) {
    try {
      return whole.longValueExact();
    } catch (ArithmeticException tooLarge) {
      return whole;
    }
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw malformed();
    }
    return text.charAt(at);
  }

  private void expect(char wanted) {
    if (peek() != wanted) {
      throw malformed();
    }
    at++;
  }

  private IllegalArgumentException malformed() {
    return new IllegalArgumentException("malformed JSON at character " + at);
  }

  /**
   * Writes a value of that representation; other numbers, and arrays as lists, are accepted too.
   *
   * @throws IllegalArgumentException if it contains something else
   */
  public static String write(@Nullable Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(@Nullable Object value, StringBuilder out) {
    if (value instanceof Map<?, ?> members) {
      writeObject(members, out);
    } else if (value instanceof Iterable<?> elements) {
      writeArray(elements, out);
    } else if (value instanceof CharSequence text) {
      writeString(text, out);
    } else if (value == null || value instanceof Boolean || isFinite(value)) {
      out.append(value);
    } else {
      throw new IllegalArgumentException(
          "a payload must consist of Map, List, String, numbers, Boolean and null, not "
              + value.getClass().getName());
    }
  }

  private static boolean isFinite(Object value) {
    if (value instanceof Double || value instanceof Float) {
      return Double.isFinite(((Number) value).doubleValue());
    }
    return value instanceof Number;
  }

  private static void writeObject(Map<?, ?> members, StringBuilder out) {
    char separator = '{';
    for (Map.Entry<?, ?> member : members.entrySet()) {
      out.append(separator);
      writeString(String.valueOf(member.getKey()), out);
      out.append(':');
      write(member.getValue(), out);
      separator = ',';
    }
    out.append(separator == '{' ? "{}" : "}");
  }

  private static void writeArray(Iterable<?> elements, StringBuilder out) {
    char separator = '[';
    for (Object element : elements) {
      out.append(separator);
      write(element, out);
      separator = ',';
    }
    out.append(separator == '[' ? "[]" : "]");
  }

  private static void writeString(CharSequence text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next == '"' || next == '\\') {
        out.append('\\').append(next);
      } else if (next < ' ' || isHalfOfPair(text, i)) {
        out.append(String.format("\\u%04x", (int) next));
      } else {
        out.append(next);
      }
    }
    out.append('"');
  }

  /** Half of a surrogate pair has no form in UTF-8. */
  private static boolean isHalfOfPair(CharSequence text, int at) {
    char it = text.charAt(at);
    boolean before = at + 1 < text.length() && Character.isSurrogatePair(it, text.charAt(at + 1));
    boolean behind = at > 0 && Character.isSurrogatePair(text.charAt(at - 1), it);
    return Character.isSurrogate(it) && !before && !behind;
  }
}
