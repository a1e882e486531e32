package dev.switchboard.sessions.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** A message that arrives in several frames, collected until it is complete. */
final class Fragments {
  private static final int FIRST_CAPACITY = 256;

  private final @Nullable Compression compression;
  private final int maxBytes;
  private final ByteBuf bytes;
  private final Utf8Check utf8 = new Utf8Check();

  /** {@code compression} is null if the first frame does not mark the message as compressed. */
  Fragments(@Nullable Compression compression, int maxBytes) {
    this.compression = compression;
    this.maxBytes = maxBytes;
    this.bytes = Unpooled.buffer(Math.min(FIRST_CAPACITY, maxBytes), maxBytes);
  }

  /**
   * Adds the next frame.
   *
   * @throws BadMessageException if the message is too big with it, or can't become text any more
   */
  void add(ByteBuf content) {
    if (bytes.readableBytes() + content.readableBytes() > maxBytes) {
      throw BadMessageException.tooBig(maxBytes);
    }
    if (compression == null && content.forEachByte(utf8) >= 0) {
      throw BadMessageException.notText(TextMessages.NOT_UTF8);
    }
    bytes.writeBytes(content);
  }

  /**
   * Reads the complete message.
   *
   * @throws BadMessageException if it is not text
   */
  String read() {
    return TextMessages.read(bytes, maxBytes, compression);
  }

  void release() {
    boolean unused = bytes.release();
  }
}
