package dev.switchboard.sessions.wire;

import dev.switchboard.event.ProtocolFault;
import dev.switchboard.event.Reason;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;

/**
 * A message or frame is invalid; its socket is closed with the code of the fault and the message.
 */
final class BadMessageException extends RuntimeException {
  private final ProtocolFault fault;

  private BadMessageException(ProtocolFault fault, String message) {
    super(message, null, false, false);
    this.fault = fault;
  }

  /** The fault that the frame decoder found; Netty may have wrapped it. */
  static BadMessageException of(Throwable thrown) {
    Throwable cause =
        thrown.getCause() instanceof CorruptedWebSocketFrameException wrapped ? wrapped : thrown;
    return cause instanceof CorruptedWebSocketFrameException corrupted
        ? new BadMessageException(
            ProtocolFault.ofCode(corrupted.closeStatus().code()), Reason.of(corrupted))
        : protocolError("the frame is malformed");
  }

  static BadMessageException protocolError(String message) {
    return new BadMessageException(ProtocolFault.PROTOCOL_ERROR, message);
  }

  static BadMessageException binary() {
    return new BadMessageException(
        ProtocolFault.UNSUPPORTED_DATA, "binary messages are not supported; send text");
  }

  static BadMessageException tooBig(int maxBytes) {
    return new BadMessageException(
        ProtocolFault.MESSAGE_TOO_BIG, "messages are limited to " + maxBytes + " bytes");
  }

  static BadMessageException notText(String message) {
    return new BadMessageException(ProtocolFault.INVALID_TEXT, message);
  }

  ProtocolFault fault() {
    return fault;
  }
}
