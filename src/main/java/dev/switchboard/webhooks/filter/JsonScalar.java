package dev.switchboard.webhooks.filter;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Compares scalars of JSON as Vert.x parses them: numbers by value, whatever their Java type. */
final class JsonScalar {
  private static final int MAX_LONG_BITS = 63;
  private static final long MAX_EXACT_IN_DOUBLE = 1L << 53;
  private static final int MAX_INTEGER_DIGITS = 1_000;
  private static final int CHARACTERS_PER_STEP = 64;
  private static final int BITS_PER_STEP = 32;

  private JsonScalar() {}

  /** A key that is equal for equal scalars and for no others. */
  static @Nullable Object key(@Nullable Object scalar) {
    if (scalar instanceof Integer number) {
      return number.longValue();
    }
    if (scalar instanceof BigInteger number) {
      return key(number);
    }
    if (!(scalar instanceof Number number) || number instanceof Long || isBeyondDoubles(number)) {
      return scalar;
    }
    BigDecimal decimal = new BigDecimal(number.toString()).stripTrailingZeros();
    boolean isWhole = decimal.scale() <= 0 && decimal.scale() > -MAX_INTEGER_DIGITS;
    return isWhole ? key(decimal.toBigInteger()) : decimal;
  }

  private static Object key(BigInteger number) {
    return number.bitLength() <= MAX_LONG_BITS ? (Object) number.longValue() : number;
  }

  /** Whether both are numbers or both are strings. */
  static boolean areComparable(@Nullable Object a, @Nullable Object b) {
    return (a instanceof Number && b instanceof Number)
        || (a instanceof String && b instanceof String);
  }

  /** Compares two scalars that {@link #areComparable}. */
  static int compare(Object a, Object b) {
    return a instanceof Number number
        ? compare(number, (Number) b)
        : ((String) a).compareTo((String) b);
  }

  private static int compare(Number a, Number b) {
    if (isExactInDouble(a) && isExactInDouble(b)) {
      double first = a.doubleValue();
      double second = b.doubleValue();
      return first < second ? -1 : first > second ? 1 : 0;
    }
    return isBeyondDoubles(a) || isBeyondDoubles(b)
        ? Double.compare(a.doubleValue(), b.doubleValue())
        : new BigDecimal(a.toString()).compareTo(new BigDecimal(b.toString()));
  }

  private static boolean isExactInDouble(Number number) {
    return number instanceof Double
        || number instanceof Integer
        || (number instanceof Long whole
            && whole <= MAX_EXACT_IN_DOUBLE
            && whole >= -MAX_EXACT_IN_DOUBLE);
  }

  /** True for numbers such as 1e400, which JSON allows and Vert.x parses as infinite. */
  private static boolean isBeyondDoubles(Number number) {
    return number instanceof Double value && (value.isInfinite() || value.isNaN());
  }

  /** The steps of a {@link FilterBudget} that one comparison of {@code scalar} takes. */
  static int cost(@Nullable Object scalar) {
    if (scalar instanceof String text) {
      return 1 + text.length() / CHARACTERS_PER_STEP;
    }
    return scalar instanceof BigInteger number ? 1 + number.bitLength() / BITS_PER_STEP : 1;
  }
}
