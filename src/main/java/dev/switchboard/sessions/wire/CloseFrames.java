package dev.switchboard.sessions.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Makes close frames; has the codes of RFC 6455 (7.4.1) that this package itself closes with. */
final class CloseFrames {
  static final int NORMAL = 1000;
  static final int PROTOCOL_ERROR = 1002;
  static final int UNSUPPORTED = 1003;
  static final int BAD_TEXT = 1007;
  static final int TOO_BIG = 1009;

  private static final int CLOSE = 0x88;
  private static final int MAX_REASON = 123;

  private CloseFrames() {}

  /** Makes a close frame; a reason longer than 123 bytes is cut. */
  static ByteBuf of(int code, String reason) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(text.length, MAX_REASON);
    // Never cut inside a character: a client must reject a reason that is not UTF-8.
    while (length < text.length && (text[length] & 0xc0) == 0x80) {
      length--;
    }
    byte[] payload = new byte[2 + length];
    payload[0] = (byte) (code >> 8);
    payload[1] = (byte) code;
    System.arraycopy(text, 0, payload, 2, length);
    return SharedFrame.single(CLOSE, payload);
  }
}
