package dev.switchboard.sessions.wire;

import io.netty.util.ByteProcessor;

/**
 * Checks that bytes which arrive in parts are UTF-8 (RFC 3629), and finds the first byte that no
 * continuation could make valid.
 */
final class Utf8Check implements ByteProcessor {
  private static final int LOWEST = 0x80;
  private static final int HIGHEST = 0xbf;

  /** Bytes that the character begun still needs, and the bounds of the next one. */
  private int missing;

  private int lowest = LOWEST;
  private int highest = HIGHEST;

  /** Returns whether the bytes so far, with this one, may begin a valid text. */
  @Override
  public boolean process(byte value) {
    int next = value & 0xff;
    if (missing == 0) {
      return begin(next);
    }
    if (next < lowest || next > highest) {
      return false;
    }
    missing--;
    lowest = LOWEST;
    highest = HIGHEST;
    return true;
  }

  /** Bounds of the second byte leave out overlong forms, surrogates and what lies past U+10FFFF. */
  private boolean begin(int first) {
    if (first < 0x80) {
      return true;
    }
    if (first < 0xc2 || first > 0xf4) {
      return false;
    }
    missing = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : LOWEST;
    highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : HIGHEST;
    return true;
  }

  /** Whether the bytes so far end with a whole character. */
  boolean isComplete() {
    return missing == 0;
  }
}
