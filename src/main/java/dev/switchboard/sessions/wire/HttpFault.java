package dev.switchboard.sessions.wire;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

/** Why a request can't be read as HTTP/1.1; the connection is closed after the answer. */
public enum HttpFault {
  /** The head of the request is malformed. */
  MALFORMED_HEAD(400),
  /** The body, or how its length is given, is malformed. */
  MALFORMED_BODY(400),
  /** The request line is longer than allowed. */
  LINE_TOO_LONG(414),
  /** The header fields are longer than allowed. */
  HEADER_TOO_LONG(431),
  /** The body has a transfer coding other than {@code chunked}. */
  UNKNOWN_TRANSFER_CODING(501),
  /** The protocol version is neither HTTP/1.1 nor HTTP/1.0. */
  UNSUPPORTED_VERSION(505);

  private final int status;

  HttpFault(int status) {
    this.status = status;
  }

  public int status() {
    return status;
  }

  /** Marks a request whose head is well-formed as one with a fault. */
  static final class Found extends RuntimeException {
    private final HttpFault fault;

    Found(HttpFault fault) {
      super(fault.name(), null, false, false);
      this.fault = fault;
    }
  }

  /** The fault of a head that could not be decoded. */
  static HttpFault of(Throwable cause) {
    if (cause instanceof Found found) {
      return found.fault;
    }
    if (cause instanceof TooLongHttpLineException) {
      return LINE_TOO_LONG;
    }
    return cause instanceof TooLongHttpHeaderException ? HEADER_TOO_LONG : MALFORMED_HEAD;
  }
}
