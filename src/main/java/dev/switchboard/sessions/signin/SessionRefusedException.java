package dev.switchboard.sessions.signin;

/** A request can't become a session; the message says how to fix it. */
public final class SessionRefusedException extends RuntimeException {
  private final Kind kind;

  /** Kind of the fault, by which the HTTP status or close code is chosen. */
  public enum Kind {
    /** The request is malformed. */
    BAD_REQUEST,
    /** The request is not an upgrade to a WebSocket. */
    NO_UPGRADE,
    /** The page's origin or the kind of principal is not allowed. */
    FORBIDDEN
  }

  public SessionRefusedException(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
