package dev.switchboard.event;

/**
 * A client's violation of the WebSocket protocol, for which its socket is closed (RFC 6455, 7.4.1).
 */
public enum ProtocolFault {
  /** A frame, or the order of frames, is malformed. */
  PROTOCOL_ERROR(1002),
  /** The message is binary. */
  UNSUPPORTED_DATA(1003),
  /** The message is not UTF-8, or can't be inflated. */
  INVALID_TEXT(1007),
  /** The message is larger than allowed. */
  MESSAGE_TOO_BIG(1009);

  private final int code;

  ProtocolFault(int code) {
    this.code = code;
  }

  /** Returns the fault with the close code {@code code}; {@link #PROTOCOL_ERROR} if none has it. */
  public static ProtocolFault ofCode(int code) {
    for (ProtocolFault fault : values()) {
      if (fault.code == code) {
        return fault;
      }
    }
    return PROTOCOL_ERROR;
  }

  /** The WebSocket close code. */
  public int code() {
    return code;
  }
}
