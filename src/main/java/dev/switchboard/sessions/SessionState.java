package dev.switchboard.sessions;

import dev.switchboard.auth.Principal;
import org.jspecify.annotations.Nullable;

/** Where a session stands; each state has only the moves that are legal from it. */
sealed interface SessionState {

  /** The same state for the same person with a fresh token. */
  default SessionState renewed(Principal.Participant who) {
    return this;
  }

  /**
   * Connected, but nobody yet.
   *
   * @param deadline {@link System#nanoTime} by which a token must have come
   * @param wishes what its address asked for
   * @param after where its address says it stopped
   */
  record AwaitingAuth(long deadline, Subscriptions wishes, @Nullable String after)
      implements SessionState {
    /** Its address asked for nothing. */
    static AwaitingAuth until(long deadline) {
      return new AwaitingAuth(deadline, Subscriptions.NONE, null);
    }

    AwaitingAuth wishing(Subscriptions asked, @Nullable String from) {
      return new AwaitingAuth(deadline, asked, from);
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
