package dev.switchboard.ingest.parse;

import com.fasterxml.jackson.core.io.NumberOutput;
import org.jspecify.annotations.Nullable;

/**
 * Writes a double as ECMAScript's {@code Number::toString} does (ECMA-262, 6.1.6.1.20): the fewest
 * digits that give the same double, plain between 1e-7 and 1e21, else with an exponent.
 */
final class EcmaNumber {
  private EcmaNumber() {}

  /**
   * The text of a finite double.
   *
   * @return null for infinity, which JSON can't write
   */
  static @Nullable String format(double value) {
    if (value == 0) {
      return "0";
    }
    if (Double.isInfinite(value) || Double.isNaN(value)) {
      return null;
    }
    String sign = value < 0 ? "-" : "";
    // Raffaello Giulietti's Schubfach gives the shortest digits, in Java's own layout.
    String shortest = NumberOutput.toString(Math.abs(value), true);
    int e = shortest.indexOf('E');
    String mantissa = e < 0 ? shortest : shortest.substring(0, e);
    int exponent = e < 0 ? 0 : Integer.parseInt(shortest.substring(e + 1));
    int dot = mantissa.indexOf('.');
    String digits = mantissa.substring(0, dot) + mantissa.substring(dot + 1);
    int pointAt = dot + exponent;
    int leading = 0;
    while (leading < digits.length() - 1 && digits.charAt(leading) == '0') {
      leading++;
    }
    digits = stripZeros(digits.substring(leading));
    pointAt -= leading;
    int single = singleDigit(digits, pointAt, Math.abs(value));
    if (single == 10) {
      return sign + layout("1", pointAt + 1);
    }
    return sign + layout(single > 0 ? Integer.toString(single) : digits, pointAt);
  }

  private static String stripZeros(String digits) {
    int end = digits.length();
    while (end > 1 && digits.charAt(end - 1) == '0') {
      end--;
    }
    return digits.substring(0, end);
  }

  /**
   * Java's rule asks for two digits at least; near the smallest doubles one may do.
   *
   * @return that digit, or 10 for a 1 one place further left; 0 if one digit does not do
   */
  private static int singleDigit(String digits, int pointAt, double value) {
    if (digits.length() != 2) {
      return 0;
    }
    int nearest = digits.charAt(0) - '0' + (digits.charAt(1) >= '5' ? 1 : 0);
    return Double.parseDouble(nearest + "e" + (pointAt - 1)) == value ? nearest : 0;
  }

  /** {@code pointAt} digits stand before the point; it may be negative or past the last digit. */
  private static String layout(String digits, int pointAt) {
    int count = digits.length();
    if (count <= pointAt && pointAt <= 21) {
      return digits + "0".repeat(pointAt - count);
    }
    if (0 < pointAt && pointAt <= 21) {
      return digits.substring(0, pointAt) + "." + digits.substring(pointAt);
    }
    if (-6 < pointAt && pointAt <= 0) {
      return "0." + "0".repeat(-pointAt) + digits;
    }
    int exponent = pointAt - 1;
    String tail = (exponent < 0 ? "e-" : "e+") + Math.abs(exponent);
    return count == 1 ? digits + tail : digits.charAt(0) + "." + digits.substring(1) + tail;
  }
}
