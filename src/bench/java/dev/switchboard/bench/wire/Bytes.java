package dev.switchboard.bench.wire;

/** Searches and reads plain ASCII in byte arrays. */
public final class Bytes {
  private Bytes() {}

  /** Position of {@code wanted} within {@code [from, to)}, or -1. */
  public static int indexOf(byte[] bytes, int from, int to, byte[] wanted) {
    for (int i = from; i <= to - wanted.length; i++) {
      if (startsWith(bytes, i, to, wanted)) {
        return i;
      }
    }
    return -1;
  }

  public static boolean startsWith(byte[] bytes, int from, int to, byte[] wanted) {
    if (from < 0 || to - from < wanted.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (bytes[from + i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  /** End of the run of digits that begins at {@code from}. */
  public static int endOfDigits(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && bytes[i] >= '0' && bytes[i] <= '9') {
      i++;
    }
    return i;
  }

  /** The decimal number in {@code [from, to)}, which holds digits only. */
  public static long number(byte[] bytes, int from, int to) {
    long value = 0;
    for (int i = from; i < to; i++) {
      value = value * 10 + (bytes[i] - '0');
    }
    return value;
  }
}
