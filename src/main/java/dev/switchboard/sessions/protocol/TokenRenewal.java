package dev.switchboard.sessions.protocol;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.event.Reason;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.signin.SignIn;
import dev.switchboard.sessions.subscriptions.AttemptTail;
import dev.switchboard.sessions.subscriptions.LogSubscriptions;

/**
 * Continues a session with a new token of the same user. The token's role may be another one; what
 * that does not allow ends.
 */
public final class TokenRenewal {
  private final LogSubscriptions logSubscriptions;
  private final AttemptTail attempts;
  private final SessionRegistry registry;
  private final ClientReplies replies;

  public TokenRenewal(
      LogSubscriptions logSubscriptions,
      AttemptTail attempts,
      SessionRegistry registry,
      ClientReplies replies) {
    this.logSubscriptions = logSubscriptions;
    this.attempts = attempts;
    this.registry = registry;
    this.replies = replies;
  }

  /** Applies a new token, which is {@code principal}'s. */
  void authenticated(ClientRequest request, Principal principal) {
    Session session = request.session();
    if (session.isClosed()) {
      return;
    }
    if (session.principal() instanceof Principal.User before
        && principal instanceof Principal.User now
        && before.tenant().equals(now.tenant())
        && before.user().equals(now.user())) {
      renew(session, before, now);
      replies.answer(request, ServerMessages.authenticated(now.expires()));
    } else {
      replies.refuse(request, "forbidden", "the token is not of this session's tenant and user");
    }
  }

  private void renew(Session session, Principal.User before, Principal.User now) {
    session.renewed(now);
    if (!now.has(Scope.WEBHOOKS)) {
      attempts.unfollow(session);
    }
    if (!before.role().equals(now.role())) {
      registry.roleChanged(session, before.role().name(), now.role().name());
      logSubscriptions.changeRole(session, now.role());
    }
  }

  /** Refuses a new token that is invalid or can't be checked; the old one stays in force. */
  void failed(ClientRequest request, Throwable failure) {
    if (request.session().isClosed()) {
      return;
    }
    if (SignIn.isRefusal(failure)) {
      replies.refuse(request, "not_authenticated", Reason.of(failure));
    } else {
      replies.refuse(request, "unavailable", "the token can't be checked now; try again");
    }
  }
}
