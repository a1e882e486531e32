package dev.switchboard.client.model;

/** Thrown by a token function if the user is no longer signed in: the client closes. */
public final class UnauthorizedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnauthorizedException(String message) {
    super(message);
  }
}
