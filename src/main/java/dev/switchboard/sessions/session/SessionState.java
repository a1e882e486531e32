package dev.switchboard.sessions.session;

import dev.switchboard.auth.Principal;

/** State of a session; each has only the moves that are legal from it. */
public sealed interface SessionState {

  /** The same state with a new token of the same person; unchanged without a principal. */
  default SessionState renewed(Principal.Participant principal) {
    return this;
  }

  /** Connected, without a principal. */
  sealed interface Unauthenticated extends SessionState {
    /** {@link SessionTime#nanos} by which the session must be authenticated. */
    long deadline();

    /** The state after the credentials were found valid. */
    default Opening authenticated(Principal.Participant principal) {
      return new Opening(principal);
    }
  }

  /** The client's credentials are being checked. */
  record Authenticating(long deadline) implements Unauthenticated {}

  /**
   * The client has sent no credentials yet.
   *
   * @param request what the URL asked for
   */
  record AwaitingAuth(long deadline, SubscribeRequest request) implements Unauthenticated {
    /** The URL asked for nothing. */
    static AwaitingAuth until(long deadline) {
      return new AwaitingAuth(deadline, SubscribeRequest.NONE);
    }

    AwaitingAuth requesting(SubscribeRequest fromUrl) {
      return new AwaitingAuth(deadline, fromUrl);
    }

    Authenticating authenticating() {
      return new Authenticating(deadline);
    }
  }

  /** Authenticated; its logs are being opened and its position is being looked up in them. */
  record Opening(Principal.Participant principal) implements SessionState {
    Live opened() {
      return new Live(principal, false);
    }

    @Override
    public SessionState renewed(Principal.Participant again) {
      return new Opening(again);
    }
  }

  /**
   * Gets events.
   *
   * @param expiryWarned whether the client was warned that its token is about to expire
   */
  record Live(Principal.Participant principal, boolean expiryWarned) implements SessionState {
    Live warned() {
      return new Live(principal, true);
    }

    @Override
    public SessionState renewed(Principal.Participant again) {
      return new Live(again, false);
    }
  }

  record Closed() implements SessionState {}
}
