package dev.switchboard.auth;

/** Authentication failed; the message is safe to send to the client and holds no secret. */
public final class AuthException extends RuntimeException {

  /** The cause of the failure. */
  public enum Kind {
    /** No credential, or one that is malformed, unknown, expired or revoked. */
    REFUSED,
    /** The credential can't be checked now, because its store or issuer is unavailable. */
    UNAVAILABLE,
    /** The credential was valid until its session was told not to reconnect. */
    ENDED
  }

  private final Kind kind;

  private AuthException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** Makes an exception for a missing or invalid credential. */
  public static AuthException refused(String message) {
    return new AuthException(Kind.REFUSED, message);
  }

  /** Makes an exception for a credential that can't be checked at the moment. */
  static AuthException unavailable(String message) {
    return new AuthException(Kind.UNAVAILABLE, message);
  }

  /** Makes an exception for the ticket of a stream that must not be opened again. */
  static AuthException ended(String message) {
    return new AuthException(Kind.ENDED, message);
  }

  public Kind kind() {
    return kind;
  }
}
