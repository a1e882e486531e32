package dev.switchboard.sessions.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** From the bytes of a whole message to its text: inflates them if need be, and checks UTF-8. */
final class TextMessages {
  private TextMessages() {}

  /**
   * Reads a message of at most so many bytes, also after it was inflated.
   *
   * @param compression what its peer compressed it with; null if it came as it is
   * @throws BadMessageException if it is too big or no text
   */
  static String read(ByteBuf message, int most, @Nullable Compression compression) {
    if (message.readableBytes() > most) {
      throw BadMessageException.tooBig(most);
    }
    return decoded(
        compression == null
            ? message.nioBuffer()
            : ByteBuffer.wrap(inflated(message, most, compression)));
  }

  private static byte[] inflated(ByteBuf message, int most, Compression compression) {
    Compression.Inflated inflated = compression.inflate(message, most);
    if (inflated instanceof Compression.Inflated.Whole whole) {
      return whole.bytes();
    }
    throw inflated instanceof Compression.Inflated.TooBig
        ? BadMessageException.tooBig(most)
        : BadMessageException.notText("the message can't be inflated");
  }

  private static String decoded(ByteBuffer utf8) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
    } catch (CharacterCodingException e) {
      throw BadMessageException.notText("the text is not valid UTF-8");
    }
  }
}
