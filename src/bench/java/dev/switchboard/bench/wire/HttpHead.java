package dev.switchboard.bench.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** Reads what the benchmark needs of an HTTP/1.1 message head. */
public final class HttpHead {
  private static final byte[] END = "\r\n\r\n".getBytes(ISO_8859_1);

  private HttpHead() {}

  /** Position just behind the blank line, or -1 while the head is incomplete. */
  public static int end(byte[] bytes, int from, int to) {
    int blank = Bytes.indexOf(bytes, from, to, END);
    return blank < 0 ? -1 : blank + END.length;
  }

  /** The status code of a response head, which begins {@code HTTP/1.1 }. */
  public static int status(byte[] bytes, int from) {
    return (int) Bytes.number(bytes, from + 9, from + 12);
  }

  /** The body's length; 0 when the head names none. */
  public static int contentLength(byte[] bytes, int from, int headEnd) {
    int value = value(bytes, from, headEnd, "content-length");
    return value < 0
        ? 0
        : (int) Bytes.number(bytes, value, Bytes.endOfDigits(bytes, value, headEnd));
  }

  /** The text of a header, empty when it is absent. */
  public static String header(byte[] bytes, int from, int headEnd, String lowerCaseName) {
    int value = value(bytes, from, headEnd, lowerCaseName);
    if (value < 0) {
      return "";
    }
    int end = value;
    while (bytes[end] != '\r') {
      end++;
    }
    return new String(bytes, value, end - value, ISO_8859_1);
  }

  private static int value(byte[] bytes, int from, int headEnd, String lowerCaseName) {
    for (int i = from; i < headEnd; i++) {
      if (bytes[i] == '\n' && isNamed(bytes, i + 1, headEnd, lowerCaseName)) {
        int value = i + 1 + lowerCaseName.length() + 1;
        return bytes[value] == ' ' ? value + 1 : value;
      }
    }
    return -1;
  }

  private static boolean isNamed(byte[] bytes, int at, int headEnd, String lowerCaseName) {
    int colon = at + lowerCaseName.length();
    if (colon >= headEnd || bytes[colon] != ':') {
      return false;
    }
    for (int i = 0; i < lowerCaseName.length(); i++) {
      if ((bytes[at + i] | 0x20) != lowerCaseName.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
