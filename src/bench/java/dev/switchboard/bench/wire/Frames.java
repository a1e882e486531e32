package dev.switchboard.bench.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** WebSocket frames: walks what was read, builds what is sent. */
public final class Frames {
  public static final int TEXT = 0x1;
  public static final int CLOSE = 0x8;
  public static final int PING = 0x9;
  public static final int PONG = 0xA;

  /** Not of the wire: a text frame whose first reserved bit says that it is compressed. */
  public static final int DEFLATED_TEXT = 0x41;

  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;
  private static final int SHORT_LENGTH = 126;
  private static final int LONG_LENGTH = 127;

  /** Takes one whole frame, its payload at {@code [from, to)} and already unmasked. */
  public interface Sink {
    void frame(int opcode, byte[] bytes, int from, int to);
  }

  private Frames() {}

  /** Hands every whole frame of {@code [from, to)} to the sink; returns where the rest begins. */
  public static int walk(byte[] bytes, int from, int to, Sink sink) {
    int at = from;
    while (to - at >= 2) {
      int headEnd = at + headLength(bytes[at + 1]);
      if (headEnd > to) {
        return at;
      }
      long end = headEnd + payloadLength(bytes, at);
      if (end > to) {
        return at;
      }
      if ((bytes[at + 1] & MASKED) != 0) {
        unmask(bytes, headEnd, (int) end);
      }
      sink.frame(opcode(bytes[at]), bytes, headEnd, (int) end);
      at = (int) end;
    }
    return at;
  }

  /** The opcode, or -1 for a fragment or a frame with other reserved bits: we expect neither. */
  private static int opcode(byte first) {
    if ((first & 0xFF) == (FINAL | DEFLATED_TEXT)) {
      return DEFLATED_TEXT;
    }
    return (first & 0xF0) == FINAL ? first & 0x0F : -1;
  }

  private static int headLength(byte second) {
    int mask = (second & MASKED) == 0 ? 0 : 4;
    return switch (second & 0x7F) {
      case SHORT_LENGTH -> 4 + mask;
      case LONG_LENGTH -> 10 + mask;
      default -> 2 + mask;
    };
  }

  private static long payloadLength(byte[] bytes, int at) {
    int length = bytes[at + 1] & 0x7F;
    return switch (length) {
      case SHORT_LENGTH -> bigEndian(bytes, at + 2, 2);
      case LONG_LENGTH -> bigEndian(bytes, at + 2, 8);
      default -> length;
    };
  }

  private static long bigEndian(byte[] bytes, int from, int count) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = value << 8 | (bytes[from + i] & 0xFF);
    }
    return value;
  }

  private static void unmask(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      bytes[i] ^= bytes[from - 4 + (i - from & 3)];
    }
  }

  /** A client's frame; its masking key is zero, so that the payload goes out as it is. */
  public static ByteBuf ofClient(ByteBufAllocator alloc, int opcode, byte[] payload) {
    return head(alloc, opcode, MASKED, payload.length).writeInt(0).writeBytes(payload);
  }

  public static ByteBuf ofClient(ByteBufAllocator alloc, String text) {
    return ofClient(alloc, TEXT, text.getBytes(UTF_8));
  }

  /** A server's text frame around {@code bytes[from, to)}. */
  public static ByteBuf ofServer(ByteBufAllocator alloc, byte[] bytes, int from, int to) {
    return head(alloc, TEXT, 0, to - from).writeBytes(bytes, from, to - from);
  }

  public static ByteBuf ofServer(ByteBufAllocator alloc, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return ofServer(alloc, bytes, 0, bytes.length);
  }

  private static ByteBuf head(ByteBufAllocator alloc, int opcode, int maskBit, int length) {
    ByteBuf frame = alloc.directBuffer(length + 14).writeByte(FINAL | opcode);
    if (length < SHORT_LENGTH) {
      return frame.writeByte(maskBit | length);
    }
    return length < 1 << 16
        ? frame.writeByte(maskBit | SHORT_LENGTH).writeShort(length)
        : frame.writeByte(maskBit | LONG_LENGTH).writeLong(length);
  }
}
