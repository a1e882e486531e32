package dev.switchboard.auth;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

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

  /** The check of a token that failed, for the log of the operator. */
  public enum Check {
    FORM,
    HEADER,
    ALGORITHM,
    KEY,
    SIGNATURE,
    ISSUER,
    AUDIENCE,
    EXPIRY,
    NOT_BEFORE,
    ISSUED_AT,
    LIFETIME,
    CLAIMS,
    REVOCATION
  }

  private static final Duration SHORT_WAIT = Duration.ofSeconds(1);

  private final Kind kind;
  private final @Nullable Check check;
  private final Duration pause;

  private AuthException(Kind kind, @Nullable Check check, Duration pause, String message) {
    super(message);
    this.kind = kind;
    this.check = check;
    this.pause = pause;
  }

  /** Makes an exception for a missing or invalid credential. */
  public static AuthException refused(String message) {
    return new AuthException(Kind.REFUSED, null, Duration.ZERO, message);
  }

  /** Makes an exception for a token that did not pass {@code check}. */
  static AuthException refused(Check check, String message) {
    return new AuthException(Kind.REFUSED, check, Duration.ZERO, message);
  }

  /** Makes an exception for a credential that can't be checked at the moment. */
  static AuthException unavailable(String message) {
    return new AuthException(Kind.UNAVAILABLE, null, SHORT_WAIT, message);
  }

  /**
   * Makes an exception for a token in whose place a new one will be accepted after {@code pause}.
   */
  static AuthException unavailable(Check check, Duration pause, String message) {
    return new AuthException(Kind.UNAVAILABLE, check, pause, message);
  }

  /** Makes an exception for the ticket of a stream that must not be opened again. */
  static AuthException ended(String message) {
    return new AuthException(Kind.ENDED, null, Duration.ZERO, message);
  }

  public Kind kind() {
    return kind;
  }

  /** The check that failed; null if the credential is not a token or was not checked. */
  public @Nullable Check check() {
    return check;
  }

  /** How long to wait before the next attempt; zero if the same credential is refused again. */
  public Duration pause() {
    return pause;
  }
}
