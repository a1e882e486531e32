package dev.switchboard.event;

import org.jspecify.annotations.Nullable;

/**
 * A position in one log; on the wire {@code k3f9:1042}, the {@code id} of the event there.
 *
 * <p>Offsets of one epoch count up by one without holes. An epoch is a period in which a log was
 * never lost. It is unique over all logs, so a position also says which log it belongs to. When
 * Redis lost writes or the whole log, a new epoch begins, and sessions can't resume from old
 * positions.
 *
 * @param epoch lower-case letters and digits, 1 to 32 of them
 * @param offset 0 before the first event
 */
public record LogPosition(String epoch, long offset) {
  private static final int MAX_EPOCH = 32;

  /**
   * Reads the wire form, of which every position has exactly one.
   *
   * @return null if the text is malformed
   */
  public static @Nullable LogPosition parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 1 || colon > MAX_EPOCH || text.length() - colon > 17) {
      return null;
    }
    for (int i = 0; i < colon; i++) {
      char c = text.charAt(i);
      if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) {
        return null;
      }
    }
    long offset = parseOffset(text, colon + 1);
    return offset < 0 ? null : new LogPosition(text.substring(0, colon), offset);
  }

  private static long parseOffset(String text, int start) {
    boolean leadingZero = start + 1 < text.length() && text.charAt(start) == '0';
    if (start == text.length() || leadingZero) {
      return -1;
    }
    long offset = 0;
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      offset = offset * 10 + (c - '0');
    }
    return offset;
  }

  /** The next position of the same epoch. */
  public LogPosition next() {
    return new LogPosition(epoch, offset + 1);
  }

  /** Whether both belong to the same epoch, and so to the same log. */
  public boolean sameEpoch(LogPosition other) {
    return epoch.equals(other.epoch);
  }

  /** Whether it comes later than another position of the same epoch. */
  public boolean isBeyond(LogPosition other) {
    return offset > other.offset && sameEpoch(other);
  }

  @Override
  public String toString() {
    return epoch + ":" + offset;
  }
}
