package dev.switchboard.sessions.wire;

import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;

/** A message or frame can't be taken; its socket is closed with the code, in these words. */
final class BadMessageException extends RuntimeException {
  private final int closeCode;

  private BadMessageException(int closeCode, String words) {
    super(words, null, false, false);
    this.closeCode = closeCode;
  }

  /** What the decoder of frames found; it may be wrapped. */
  static BadMessageException of(Throwable thrown) {
    Throwable cause =
        thrown.getCause() instanceof CorruptedWebSocketFrameException wrapped ? wrapped : thrown;
    return cause instanceof CorruptedWebSocketFrameException corrupted
        ? new BadMessageException(
            corrupted.closeStatus().code(), String.valueOf(corrupted.getMessage()))
        : new BadMessageException(CloseFrames.PROTOCOL_ERROR, "the frame is malformed");
  }

  static BadMessageException tooBig(int most) {
    return new BadMessageException(
        CloseFrames.TOO_BIG, "messages are limited to " + most + " bytes");
  }

  static BadMessageException notText(String words) {
    return new BadMessageException(CloseFrames.BAD_TEXT, words);
  }

  int closeCode() {
    return closeCode;
  }
}
