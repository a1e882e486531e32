package dev.switchboard.auth.console;

import dev.switchboard.auth.ApiKey;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Roles;
import dev.switchboard.auth.Scope;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Names the credential that a session or portal was opened with: enough to find its present rights
 * at each request, and nothing that could be used to sign in.
 */
public sealed interface Credential {

  /**
   * An API key.
   *
   * @param hash hexadecimal SHA-256 of the key, as in the table of keys
   */
  record Key(String hash) implements Credential {}

  /** The token of a person or a backend, by what its claims said. */
  record Token(Principal holder) implements Credential {}

  /** Makes the credential that {@code bearer} is, which was authenticated as {@code principal}. */
  static Credential of(String bearer, Principal principal) {
    return bearer.startsWith(ApiKey.PREFIX) ? ofKey(new ApiKey(bearer)) : new Token(principal);
  }

  static Credential ofKey(ApiKey key) {
    return new Key(HexFormat.of().formatHex(key.hash()));
  }

  /** What kind of credential it is, for people: {@code key}, {@code user}, {@code service}. */
  default String kind() {
    if (this instanceof Token token) {
      return token.holder() instanceof Principal.User ? "user" : "service";
    }
    return "key";
  }

  /** Writes the credential; {@link #read} reads it. */
  default JsonObject toJson() {
    JsonObject json = new JsonObject().put("kind", kind());
    if (this instanceof Key key) {
      return json.put("hash", key.hash());
    }
    Principal holder = ((Token) this).holder();
    json.put("expires", holder.expires().getEpochSecond());
    return holder instanceof Principal.User user ? write(json, user) : write(json, holder);
  }

  private static JsonObject write(JsonObject json, Principal.User user) {
    return json.put("tenant", user.tenant().value())
        .put("user", user.user().value())
        .put("role", user.role().name())
        .put("issued", user.issued().getEpochSecond())
        .put("jti", user.tokenId());
  }

  private static JsonObject write(JsonObject json, Principal holder) {
    if (!(holder instanceof Principal.Service service)) {
      throw new IllegalArgumentException("only people and backends have tokens");
    }
    return json.put("name", service.name())
        .put("tenant", service.tenant() == null ? null : service.tenant().value())
        .put("jti", service.tokenId());
  }

  /**
   * Reads a credential. A person has the rights that its role has now.
   *
   * @throws RuntimeException if it is malformed
   */
  static Credential read(JsonObject json, Roles roles) {
    return switch (json.getString("kind", "")) {
      case "key" -> new Key(json.getString("hash", ""));
      case "user" ->
          new Token(
              new Principal.User(
                  new TenantId(json.getString("tenant", "")),
                  new UserId(json.getString("user", "")),
                  roles.of(json.getString("role", "")),
                  Instant.ofEpochSecond(json.getLong("issued", 0L)),
                  expires(json),
                  json.getString("jti")));
      case "service" ->
          new Token(
              new Principal.Service(
                  json.getString("name", ""),
                  tenant(json),
                  EnumSet.allOf(Scope.class),
                  json.getString("jti"),
                  expires(json)));
      default -> throw new IllegalArgumentException("unknown kind of credential");
    };
  }

  private static Instant expires(JsonObject json) {
    return Instant.ofEpochSecond(json.getLong("expires", 0L));
  }

  private static @Nullable TenantId tenant(JsonObject json) {
    String tenant = json.getString("tenant");
    return tenant == null ? null : new TenantId(tenant);
  }
}
