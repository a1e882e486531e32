package dev.switchboard.config.binding;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes, written {@code 512}, {@code 64KiB}, {@code 2MiB} or {@code 1GiB}. */
public record ByteSize(long bytes) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*(B|KiB|MiB|GiB)?");

  /**
   * Parses a size.
   *
   * @throws IllegalArgumentException if {@code text} is not a size
   */
  public static ByteSize parse(String text) {
    Matcher matcher = FORM.matcher(text.trim());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("is not a size; use 64KiB, 2MiB or a number of bytes");
    }
    long number = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2) == null ? "B" : matcher.group(2);
    int shift =
        switch (unit) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          default -> 0;
        };
    if (number > Long.MAX_VALUE >> shift) {
      throw new IllegalArgumentException("is too large");
    }
    return new ByteSize(number << shift);
  }

  /** Returns the number of bytes as an int, for APIs that take one. */
  public int toInt() {
    return Math.toIntExact(bytes);
  }

  @Override
  public String toString() {
    if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) {
      return String.format(Locale.ROOT, "%dMiB", bytes >> 20);
    }
    if (bytes >= 1 << 10 && bytes % (1 << 10) == 0) {
      return String.format(Locale.ROOT, "%dKiB", bytes >> 10);
    }
    return Long.toString(bytes);
  }
}
