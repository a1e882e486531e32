package dev.switchboard.bench.wire;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Inflates messages of permessage-deflate without context takeover; for one event loop. */
public final class Inflation {
  private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

  private final Inflater inflater = new Inflater(true);
  private byte[] input = new byte[16 << 10];
  private byte[] message = new byte[64 << 10];

  /** Inflates {@code bytes[from, to)}; answers how long {@link #message} is. */
  public int inflate(byte[] bytes, int from, int to) {
    int length = to - from;
    if (input.length < length + TAIL.length) {
      input = new byte[2 * length + TAIL.length];
    }
    System.arraycopy(bytes, from, input, 0, length);
    System.arraycopy(TAIL, 0, input, length, TAIL.length);
    inflater.reset();
    inflater.setInput(input, 0, length + TAIL.length);
    try {
      int inflated = inflater.inflate(message);
      if (inflated == message.length) {
        throw new IllegalStateException("a message is larger than " + message.length + " bytes");
      }
      return inflated;
    } catch (DataFormatException e) {
      throw new IllegalStateException("a frame is not compressed as it says", e);
    }
  }

  /** What was inflated last; valid until the next. */
  public byte[] message() {
    return message;
  }
}
