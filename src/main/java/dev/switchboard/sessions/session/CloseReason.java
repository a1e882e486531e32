package dev.switchboard.sessions.session;

/** Why the server ends a session: the close code, words for the client, and what it should do. */
public enum CloseReason {
  /** Reconnect after the time in the reason. */
  DRAINING(1001, "the server restarts"),
  /** Reconnect with a new token. */
  NOT_AUTHENTICATED(4401, "not authenticated"),
  /** Do not reconnect before the request is mended. */
  BAD_REQUEST(4400, "bad request"),
  /** Do not reconnect. */
  FORBIDDEN(4403, "forbidden"),
  /** Do not reconnect. */
  UNKNOWN_WIDGET(4404, "unknown widget"),
  /** Reconnect and resume. */
  TOO_SLOW(4008, "the reader is too slow"),
  /** Reconnect and resume. */
  NO_HEARTBEAT(4408, "nothing was heard in time"),
  /** Do not reconnect. */
  REPLACED(4409, "replaced by a newer session"),
  /** Do not reconnect. */
  DISCONNECTED(4410, "disconnected by an administrator"),
  /** Reconnect after a back-off. */
  LIMIT_REACHED(4429, "limit reached"),
  /** Reconnect after a back-off. */
  NO_CAPACITY(4503, "no capacity");

  private final int code;
  private final String words;

  CloseReason(int code, String words) {
    this.code = code;
    this.words = words;
  }

  /** The WebSocket close code. */
  public int code() {
    return code;
  }

  /** At most 123 bytes. */
  public String words() {
    return words;
  }
}
