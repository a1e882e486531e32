package dev.switchboard.sessions.session;

import dev.switchboard.auth.Principal;

/** Where a session stands; each state has only the moves that are legal from it. */
public sealed interface SessionState {

  /** The same state for the same person with a fresh token. */
  default SessionState renewed(Principal.Participant who) {
    return this;
  }

  /**
   * Connected, but nobody yet.
   *
   * @param deadline {@link System#nanoTime} by which a token must have come
   * @param wishes what its address asked for
   */
  public record AwaitingAuth(long deadline, SubscribeRequest wishes) implements SessionState {
    /** Its address asked for nothing. */
    static AwaitingAuth until(long deadline) {
      return new AwaitingAuth(deadline, SubscribeRequest.NONE);
    }

    AwaitingAuth wishing(SubscribeRequest asked) {
      return new AwaitingAuth(deadline, asked);
    }

    Opening proven(Principal.Participant who) {
      return new Opening(who);
    }
  }

  /** Somebody; the logs it follows are being opened and what it missed is looked for. */
  record Opening(Principal.Participant who) implements SessionState {
    Live opened() {
      return new Live(who);
    }

    @Override
    public SessionState renewed(Principal.Participant again) {
      return new Opening(again);
    }
  }

  /** Gets events. */
  record Live(Principal.Participant who) implements SessionState {
    @Override
    public SessionState renewed(Principal.Participant again) {
      return new Live(again);
    }
  }

  /** Over. */
  record Closed() implements SessionState {}
}
