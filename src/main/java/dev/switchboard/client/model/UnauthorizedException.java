package dev.switchboard.client.model;

/** Thrown by a token function if nobody is signed in any more: the client closes. */
public final class UnauthorizedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnauthorizedException(String message) {
    super(message);
  }
}
