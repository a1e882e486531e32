package dev.switchboard.ingest.parse;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.switchboard.event.Payload;
import java.io.IOException;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Normalizes a JSON value to the form that {@code JSON.stringify(JSON.parse(x))} gives, so that a
 * receiver that parses and prints it again gets the same bytes and the same signature.
 *
 * <p>No white space, the fewest escapes, numbers as ECMAScript prints them, members in their order.
 * Values that a JavaScript engine would change are kept as sent: integers beyond 2^53, numbers
 * beyond the range of a double, integer-like and repeated member names.
 */
public final class PayloadNormalizer {
  private static final long MAX_EXACT_INTEGER = 1L << 53;

  private PayloadNormalizer() {}

  /**
   * Normalizes one JSON value.
   *
   * @throws InvalidEventsException if it is not JSON, or exceeds a limit
   */
  public static Payload normalize(byte[] json) {
    return JsonInput.read(
        json,
        parser -> {
          parser.nextToken();
          return requireNonNull(read(parser, Integer.MAX_VALUE));
        });
  }

  /**
   * Reads the value at the parser's current token, to its end.
   *
   * @return null if the normalized value is longer than {@code maxBytes}
   */
  static @Nullable Payload read(JsonParser parser, int maxBytes) throws IOException {
    JsonWriter out = new JsonWriter();
    int depth = 0;
    boolean needsComma = false;
    do {
      JsonToken token = parser.currentToken();
      if (token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY) {
        depth--;
        append(out, token == JsonToken.END_OBJECT ? '}' : ']', maxBytes);
        needsComma = true;
      } else {
        if (needsComma) {
          append(out, ',', maxBytes);
        }
        needsComma = false;
        if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
          depth++;
          append(out, token == JsonToken.START_OBJECT ? '{' : '[', maxBytes);
        } else if (out.length() <= maxBytes) {
          needsComma = token != JsonToken.FIELD_NAME;
          scalar(parser, token, out);
        } else {
          needsComma = token != JsonToken.FIELD_NAME;
        }
      }
    } while (depth > 0 && parser.nextToken() != null);
    return out.length() > maxBytes ? null : Payload.ofNormalised(out.toByteArray());
  }

  private static void append(JsonWriter out, char c, int maxBytes) {
    if (out.length() <= maxBytes) {
      out.raw(c);
    }
  }

  private static void scalar(JsonParser parser, JsonToken token, JsonWriter out)
      throws IOException {
    switch (token) {
      case FIELD_NAME -> {
        string(parser, out);
        out.raw(':');
      }
      case VALUE_STRING -> string(parser, out);
      case VALUE_NUMBER_INT -> out.raw(integer(parser.getText()));
      case VALUE_NUMBER_FLOAT -> out.raw(decimal(parser.getText()));
      case VALUE_TRUE -> out.raw("true");
      case VALUE_FALSE -> out.raw("false");
      default -> out.raw("null");
    }
  }

  private static void string(JsonParser parser, JsonWriter out) throws IOException {
    out.string(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
  }

  private static String integer(String sent) {
    return sent.equals("-0") ? "0" : sent;
  }

  private static String decimal(String sent) {
    double value = Double.parseDouble(sent);
    String printed = EcmaNumber.format(value);
    if (printed == null) {
      return sent;
    }
    return isIntegerThatChanges(sent, value, printed) ? sent : printed;
  }

  /** Whether it is an integer that no double holds, such as 9007199254740993e0. */
  private static boolean isIntegerThatChanges(String sent, double value, String printed) {
    return Math.abs(value) >= MAX_EXACT_INTEGER
        && sent.indexOf('.') < 0
        && new BigDecimal(sent).compareTo(new BigDecimal(printed)) != 0;
  }
}
