package dev.switchboard.sessions.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Makes close frames. */
final class CloseFrames {
  static final int NORMAL = 1000;

  /** The largest code that an endpoint may send (RFC 6455, section 7.4.2). */
  static final int MAX_CODE = 4999;

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
