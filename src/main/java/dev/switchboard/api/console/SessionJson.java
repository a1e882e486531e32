package dev.switchboard.api.console;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.auth.console.ConsoleSession;
import dev.switchboard.auth.console.Credential;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Console sessions as JSON. */
final class SessionJson {
  private SessionJson() {}

  /** The session of a page, with the rights it has now. */
  static JsonObject of(SignIn.Opened opened) {
    Principal caller = opened.caller();
    ConsoleSession session = opened.session();
    JsonObject json =
        base(session)
            .put("role", caller instanceof Principal.User user ? user.role().name() : null)
            .put("scopes", wireNames(scopes(caller)))
            .put("all_tenants", session.tenant() == null);
    return new JsonObject().put("session", json);
  }

  /** A session in a list. */
  static JsonObject listed(ConsoleSession session) {
    return base(session)
        .put("created_at", session.opened().at().toString())
        .put("last_seen_at", session.seen().toString())
        .put("address", session.opened().address())
        .put("user_agent", session.opened().userAgent());
  }

  private static JsonObject base(ConsoleSession session) {
    return new JsonObject()
        .put("id", session.id())
        .put("kind", session.opened().kind())
        .put("name", session.opened().name())
        .put("user", userOf(session.credential()))
        .put("tenant", session.tenant() == null ? null : session.tenant().value())
        .put("expires_at", session.opened().expires().toString());
  }

  private static @Nullable String userOf(Credential credential) {
    return credential instanceof Credential.Token token
            && token.holder() instanceof Principal.User user
        ? user.user().value()
        : null;
  }

  private static Set<Scope> scopes(Principal caller) {
    return caller instanceof Principal.Participant person
        ? person.role().scopes()
        : ((Principal.Service) caller).scopes();
  }

  static JsonArray wireNames(Set<Scope> scopes) {
    return new JsonArray(scopes.stream().sorted().map(Scope::wireName).toList());
  }
}
