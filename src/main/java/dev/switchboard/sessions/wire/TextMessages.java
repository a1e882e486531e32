package dev.switchboard.sessions.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Decodes the bytes of complete messages: inflates them if they are compressed, checks UTF-8. */
final class TextMessages {
  static final String NOT_UTF8 = "the text is not valid UTF-8";

  private TextMessages() {}

  /**
   * Decodes a message of at most {@code maxBytes} bytes, also after it was inflated.
   *
   * @param compression null if the message is not compressed
   * @throws BadMessageException if it is too big or not text
   */
  static String read(ByteBuf message, int maxBytes, @Nullable Compression compression) {
    if (message.readableBytes() > maxBytes) {
      throw BadMessageException.tooBig(maxBytes);
    }
    return decoded(
        compression == null
            ? message.nioBuffer()
            : ByteBuffer.wrap(inflated(message, maxBytes, compression)));
  }

  private static byte[] inflated(ByteBuf message, int maxBytes, Compression compression) {
    Compression.Inflated inflated = compression.inflate(message, maxBytes);
    if (inflated instanceof Compression.Inflated.Whole whole) {
      return whole.bytes();
    }
    throw inflated instanceof Compression.Inflated.TooBig
        ? BadMessageException.tooBig(maxBytes)
        : BadMessageException.notText("the message can't be inflated");
  }

  private static String decoded(ByteBuffer utf8) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
    } catch (CharacterCodingException e) {
      throw BadMessageException.notText(NOT_UTF8);
    }
  }
}
