package dev.switchboard.sessions.protocol;

import dev.switchboard.auth.Authenticator;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionState.AwaitingAuth;
import dev.switchboard.sessions.session.SubscribeRequest;
import dev.switchboard.sessions.signin.SignIn;
import io.vertx.core.json.JsonObject;

/** The {@code auth} message: the first signs a session in, further ones renew it. */
public final class AuthHandler {
  private final Authenticator authenticator;
  private final String topicPrefix;
  private final SignIn signIn;
  private final TokenRenewal tokenRenewal;

  public AuthHandler(
      Authenticator authenticator, String topicPrefix, SignIn signIn, TokenRenewal tokenRenewal) {
    this.authenticator = authenticator;
    this.topicPrefix = topicPrefix;
    this.signIn = signIn;
    this.tokenRenewal = tokenRenewal;
  }

  void auth(ClientRequest clientRequest, JsonObject payload) {
    Session session = clientRequest.session();
    String token = payload.getString("token", "");
    if (session.state() instanceof AwaitingAuth asked) {
      SubscribeRequest wishes =
          SubscribeRequest.of(payload, topicPrefix).orElse(payload, asked.wishes());
      authenticator
          .authenticate(token, null)
          .onSuccess(principal -> signIn.proven(session, principal, wishes))
          .onFailure(failure -> signIn.failed(session, failure));
    } else {
      authenticator
          .authenticate(token, null)
          .onSuccess(principal -> tokenRenewal.proven(clientRequest, principal))
          .onFailure(failure -> tokenRenewal.failed(clientRequest, failure));
    }
  }
}
