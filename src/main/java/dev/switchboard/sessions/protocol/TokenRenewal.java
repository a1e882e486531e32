package dev.switchboard.sessions.protocol;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.signin.SignIn;
import dev.switchboard.sessions.subscriptions.AttemptTail;
import dev.switchboard.sessions.subscriptions.LogSubscriptions;

/**
 * A session goes on with a fresh token where its old one ends. It stays the same person's; its role
 * may have changed, and then what the new one does not allow ends.
 */
public final class TokenRenewal {
  private final LogSubscriptions logSubscriptions;
  private final AttemptTail attempts;
  private final ClientReplies clientReplies;

  public TokenRenewal(
      LogSubscriptions logSubscriptions, AttemptTail attempts, ClientReplies clientReplies) {
    this.logSubscriptions = logSubscriptions;
    this.attempts = attempts;
    this.clientReplies = clientReplies;
  }

  /** The fresh token is this principal's. */
  void proven(ClientRequest clientRequest, Principal principal) {
    Session session = clientRequest.session();
    if (session.isClosed()) {
      return;
    }
    if (session.who() instanceof Principal.User before
        && principal instanceof Principal.User now
        && before.tenant().equals(now.tenant())
        && before.user().equals(now.user())) {
      renew(session, before, now);
      clientReplies.answer(clientRequest, ServerMessages.authenticated(now.expires()));
    } else {
      clientReplies.refuse(
          clientRequest, "forbidden", "the token is not of this session's tenant and user");
    }
  }

  private void renew(Session session, Principal.User before, Principal.User now) {
    session.renewed(now);
    if (!now.has(Scope.WEBHOOKS)) {
      attempts.end(session);
    }
    if (!before.role().equals(now.role())) {
      logSubscriptions.changeRole(session, now.role());
    }
  }

  /** The fresh token is none; the session goes on with its old one. */
  void failed(ClientRequest clientRequest, Throwable failure) {
    if (clientRequest.session().isClosed()) {
      return;
    }
    if (SignIn.isRefusal(failure)) {
      clientReplies.refuse(
          clientRequest, "not_authenticated", String.valueOf(failure.getMessage()));
    } else {
      clientReplies.refuse(
          clientRequest, "unavailable", "the token can't be checked now; try again");
    }
  }
}
