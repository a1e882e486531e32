package dev.switchboard.kept;

import static java.util.Objects.requireNonNull;

import dev.switchboard.event.LogPosition;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * A value of the hash of kept events: {@code <end ms> <written ms> <id> <body>}.
 *
 * @param body the envelope behind its id, sealed or not
 */
record StoredState(Instant end, LogPosition position, byte[] body) {

  static StoredState parse(byte[] value) {
    int first = indexOfSpace(value, 0);
    int second = indexOfSpace(value, first + 1);
    int third = indexOfSpace(value, second + 1);
    LogPosition position = LogPosition.parse(text(value, second + 1, third));
    return new StoredState(
        Instant.ofEpochMilli(Long.parseLong(text(value, 0, first))),
        requireNonNull(position, "a kept event has no position"),
        Arrays.copyOfRange(value, third + 1, value.length));
  }

  private static int indexOfSpace(byte[] value, int from) {
    for (int i = from; i < value.length; i++) {
      if (value[i] == ' ') {
        return i;
      }
    }
    throw new IllegalStateException("a kept event has another form than this version writes");
  }

  private static String text(byte[] value, int from, int to) {
    return new String(value, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
