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
   * Formats a finite double.
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
    return (value < 0 ? "-" : "") + formatPositive(Math.abs(value));
  }

  private static String formatPositive(double value) {
    // Raffaello Giulietti's Schubfach gives the shortest digits, in Java's own layout.
    String shortest = NumberOutput.toString(value, true);
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
    return layoutShortest(stripZeros(digits.substring(leading)), pointAt - leading, value);
  }

  /** Lays out the digits, or one digit if that gives the same double. */
  private static String layoutShortest(String digits, int pointAt, double value) {
    int single = singleDigit(digits, pointAt, value);
    if (single == 10) {
      return layout("1", pointAt + 1);
    }
    return layout(single > 0 ? Integer.toString(single) : digits, pointAt);
  }

  private static String stripZeros(String digits) {
    int end = digits.length();
    while (end > 1 && digits.charAt(end - 1) == '0') {
      end--;
    }
    return digits.substring(0, end);
  }

  /**
   * Finds the one digit that gives the same double where Java, whose rule asks for at least two
   * digits, prints two; that happens near the smallest doubles.
   *
   * @return that digit, or 10 for a 1 one position further left; 0 if one digit is not enough
   */
  private static int singleDigit(String digits, int pointAt, double value) {
    if (digits.length() != 2) {
      return 0;
    }
    int nearest = digits.charAt(0) - '0' + (digits.charAt(1) >= '5' ? 1 : 0);
    return Double.parseDouble(nearest + "e" + (pointAt - 1)) == value ? nearest : 0;
  }

  /** Puts the point after {@code pointAt} digits; it may be negative or past the last digit. */
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
    String suffix = (exponent < 0 ? "e-" : "e+") + Math.abs(exponent);
    return count == 1 ? digits + suffix : digits.charAt(0) + "." + digits.substring(1) + suffix;
  }
}
