package dev.switchboard.sessions.wire;

import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;

/** A message or frame is invalid; its socket is closed with the code and the message. */
final class BadMessageException extends RuntimeException {
  private final int closeCode;

  private BadMessageException(int closeCode, String message) {
    super(message, null, false, false);
    this.closeCode = closeCode;
  }

  /** The fault that the frame decoder found; Netty may have wrapped it. */
  static BadMessageException of(Throwable thrown) {
    Throwable cause =
        thrown.getCause() instanceof CorruptedWebSocketFrameException wrapped ? wrapped : thrown;
    return cause instanceof CorruptedWebSocketFrameException corrupted
        ? new BadMessageException(
            corrupted.closeStatus().code(), String.valueOf(corrupted.getMessage()))
        : new BadMessageException(CloseFrames.PROTOCOL_ERROR, "the frame is malformed");
  }

  static BadMessageException tooBig(int maxBytes) {
    return new BadMessageException(
        CloseFrames.TOO_BIG, "messages are limited to " + maxBytes + " bytes");
  }

  static BadMessageException notText(String message) {
    return new BadMessageException(CloseFrames.BAD_TEXT, message);
  }

  int closeCode() {
    return closeCode;
  }
}
