package dev.switchboard.sessions.protocol;

import dev.switchboard.auth.Authenticator;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionState.AwaitingAuth;
import dev.switchboard.sessions.session.SubscribeRequest;
import dev.switchboard.sessions.signin.SignIn;
import io.vertx.core.json.JsonObject;

/** Handles {@code auth}: the first one signs the session in, later ones renew its token. */
public final class AuthHandler {
  private final Authenticator authenticator;
  private final String topicPrefix;
  private final SignIn signIn;
  private final TokenRenewal renewal;

  public AuthHandler(
      Authenticator authenticator, String topicPrefix, SignIn signIn, TokenRenewal renewal) {
    this.authenticator = authenticator;
    this.topicPrefix = topicPrefix;
    this.signIn = signIn;
    this.renewal = renewal;
  }

  void auth(ClientRequest request, JsonObject payload) {
    Session session = request.session();
    String token = payload.getValue("token") instanceof String text ? text : "";
    if (session.state() instanceof AwaitingAuth awaiting) {
      SubscribeRequest subscriptions =
          SubscribeRequest.of(payload, topicPrefix).orElse(payload, awaiting.request());
      session.authenticating();
      authenticator
          .authenticate(token, () -> null)
          .onSuccess(principal -> signIn.authenticated(session, principal, subscriptions))
          .onFailure(failure -> signIn.failed(session, failure));
    } else {
      authenticator
          .authenticate(token, () -> null)
          .onSuccess(principal -> renewal.authenticated(request, principal))
          .onFailure(failure -> renewal.failed(request, failure));
    }
  }
}
