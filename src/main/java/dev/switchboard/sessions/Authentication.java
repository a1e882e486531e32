package dev.switchboard.sessions;

import dev.switchboard.auth.Authenticator;
import dev.switchboard.sessions.SessionState.AwaitingAuth;
import io.vertx.core.json.JsonObject;

/** The {@code auth} message: the first signs a session in, further ones renew it. */
final class Authentication {
  private final Authenticator authenticator;
  private final String topicPrefix;
  private final SignIn signIn;
  private final Renewal renewal;

  Authentication(Authenticator authenticator, String topicPrefix, SignIn signIn, Renewal renewal) {
    this.authenticator = authenticator;
    this.topicPrefix = topicPrefix;
    this.signIn = signIn;
    this.renewal = renewal;
  }

  void auth(Asker asker, JsonObject payload) {
    Session session = asker.session();
    String token = payload.getString("token", "");
    if (session.state() instanceof AwaitingAuth asked) {
      Subscriptions wishes = Subscriptions.of(payload, topicPrefix).orElse(payload, asked.wishes());
      authenticator
          .authenticate(token, null)
          .onSuccess(principal -> signIn.proven(session, principal, wishes))
          .onFailure(failure -> signIn.failed(session, failure));
    } else {
      authenticator
          .authenticate(token, null)
          .onSuccess(principal -> renewal.proven(asker, principal))
          .onFailure(failure -> renewal.failed(asker, failure));
    }
  }
}
