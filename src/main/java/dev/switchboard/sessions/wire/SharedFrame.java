package dev.switchboard.sessions.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * A text message encoded once as a complete WebSocket frame, of which every socket of one event
 * loop writes a retained duplicate. Frames from a server are unmasked, so they are the same for
 * all.
 *
 * <p>Its creator calls {@link #release} after it was written to every socket; a duplicate that is
 * still queued in a socket keeps the memory until it is sent.
 */
public final class SharedFrame {
  private static final int FINAL_TEXT = 0x81;

  /** The first reserved bit says that the message is compressed. */
  private static final int FINAL_TEXT_DEFLATED = 0xc1;

  private static final ByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

  private final ByteBuf frame;

  private SharedFrame(ByteBuf frame) {
    this.frame = frame;
  }

  /** Encodes UTF-8 text. */
  public static SharedFrame text(byte[] utf8) {
    ByteBuf frame = ALLOCATOR.directBuffer(utf8.length + 10);
    writeHeader(frame, FINAL_TEXT, utf8.length);
    frame.writeBytes(utf8);
    return new SharedFrame(frame);
  }

  /** Encodes UTF-8 text compressed; returns null if it is better sent uncompressed. */
  public static @Nullable SharedFrame deflatedText(byte[] utf8, Compression compression) {
    byte[] deflated = compression.deflate(utf8);
    return deflated == null ? null : new SharedFrame(single(FINAL_TEXT_DEFLATED, deflated));
  }

  /** Encodes a frame for one socket. */
  static ByteBuf single(int firstByte, byte[] payload) {
    ByteBuf frame = ALLOCATOR.directBuffer(payload.length + 10);
    writeHeader(frame, firstByte, payload.length);
    return frame.writeBytes(payload);
  }

  private static void writeHeader(ByteBuf frame, int firstByte, int length) {
    frame.writeByte(firstByte);
    if (length < 126) {
      frame.writeByte(length);
    } else if (length < 1 << 16) {
      frame.writeByte(126).writeShort(length);
    } else {
      frame.writeByte(127).writeLong(length);
    }
  }

  /** Size on the wire, in bytes. */
  public int length() {
    return frame.readableBytes();
  }

  ByteBuf duplicate() {
    return frame.retainedDuplicate();
  }

  /** Releases the frame; it is written to no further socket. */
  public void release() {
    boolean unused = frame.release();
  }
}
