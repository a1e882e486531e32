package dev.switchboard.auth;

/** The caller could not be proven; the message is fit for the caller and holds no secret. */
public final class AuthException extends RuntimeException {

  /** Why. */
  public enum Kind {
    /** No credential, or one that is malformed, unknown, expired or revoked. */
    REFUSED,
    /** It can't be decided now, because the store of keys is out of reach. */
    UNAVAILABLE
  }

  private final Kind kind;

  AuthException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** For a request that does not even try to sign in as it should. */
  public static AuthException refused(String message) {
    return new AuthException(Kind.REFUSED, message);
  }

  /** Why. */
  public Kind kind() {
    return kind;
  }
}
