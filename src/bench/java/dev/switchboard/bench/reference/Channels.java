package dev.switchboard.bench.reference;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** The Redis channels of the reference server: one per tenant, below a prefix of its own. */
final class Channels {
  static final String PATTERN = "reference:*";

  private static final String PREFIX = "reference:";

  private Channels() {}

  static byte[] of(String tenant) {
    return (PREFIX + tenant).getBytes(US_ASCII);
  }

  static String tenant(byte[] bytes, int from, int to) {
    int start = from + PREFIX.length();
    return new String(bytes, start, to - start, US_ASCII);
  }
}
