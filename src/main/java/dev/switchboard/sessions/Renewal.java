package dev.switchboard.sessions;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;

/**
 * A session goes on with a fresh token where its old one ends. It stays the same person's; its role
 * may have changed, and then what the new one does not allow ends.
 */
final class Renewal {
  private final Following following;
  private final FollowingAttempts attempts;
  private final Replies replies;

  Renewal(Following following, FollowingAttempts attempts, Replies replies) {
    this.following = following;
    this.attempts = attempts;
    this.replies = replies;
  }

  /** The fresh token is this principal's. */
  void proven(Asker asker, Principal principal) {
    Session session = asker.session();
    if (session.isClosed()) {
      return;
    }
    if (session.who() instanceof Principal.User before
        && principal instanceof Principal.User now
        && before.tenant().equals(now.tenant())
        && before.user().equals(now.user())) {
      renew(session, before, now);
      replies.answer(asker, ServerMessages.authenticated(now.expires()));
    } else {
      replies.refuse(asker, "forbidden", "the token is not of this session's tenant and user");
    }
  }

  private void renew(Session session, Principal.User before, Principal.User now) {
    session.renewed(now);
    if (!now.has(Scope.WEBHOOKS)) {
      attempts.end(session);
    }
    if (!before.role().equals(now.role())) {
      following.changeRole(session, now.role());
    }
  }

  /** The fresh token is none; the session goes on with its old one. */
  void failed(Asker asker, Throwable failure) {
    if (asker.session().isClosed()) {
      return;
    }
    if (SignIn.isRefusal(failure)) {
      replies.refuse(asker, "not_authenticated", String.valueOf(failure.getMessage()));
    } else {
      replies.refuse(asker, "unavailable", "the token can't be checked now; try again");
    }
  }
}
