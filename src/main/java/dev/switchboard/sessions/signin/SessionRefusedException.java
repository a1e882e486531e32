package dev.switchboard.sessions.signin;

/** A request can't become a session; the message says how to mend it. */
public final class SessionRefusedException extends RuntimeException {
  private final Kind kind;

  /** Why. */
  public enum Kind {
    /** The request is malformed. */
    BAD_REQUEST,
    /** It is no upgrade to a WebSocket. */
    NO_UPGRADE,
    /** Pages of its origin, or callers of its kind, are not let in. */
    FORBIDDEN
  }

  public SessionRefusedException(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  /** Why. */
  public Kind kind() {
    return kind;
  }
}
