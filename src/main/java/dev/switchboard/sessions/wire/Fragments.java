package dev.switchboard.sessions.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A message that comes in several frames, put together until it is whole. Only a socket that is in
 * the midst of one has such a thing.
 */
final class Fragments {
  private static final int FIRST_CAPACITY = 256;

  private final @Nullable Compression compression;
  private final int most;
  private final ByteBuf bytes;

  /** {@code compression} is what its first frame says it is compressed with. */
  Fragments(@Nullable Compression compression, int most) {
    this.compression = compression;
    this.most = most;
    this.bytes = Unpooled.buffer(Math.min(FIRST_CAPACITY, most), most);
  }

  /**
   * Takes the next frame.
   *
   * @throws BadMessageException if the message is too big with it
   */
  void add(ByteBuf content) {
    if (bytes.readableBytes() + content.readableBytes() > most) {
      throw BadMessageException.tooBig(most);
    }
    bytes.writeBytes(content);
  }

  /**
   * The whole message.
   *
   * @throws BadMessageException if it is no text
   */
  String read() {
    return TextMessages.read(bytes, most, compression);
  }

  void release() {
    boolean unused = bytes.release();
  }
}
