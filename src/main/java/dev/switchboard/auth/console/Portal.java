package dev.switchboard.auth.console;

import dev.switchboard.auth.AuthException;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Roles;
import dev.switchboard.auth.Scope;
import dev.switchboard.event.TenantId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A part of a backend's rights that it handed to one of a tenant's people, for pages of this
 * server. It has at each time only those rights that the backend still has.
 *
 * @param tenant the only tenant it acts for
 * @param user who uses it, as the backend says; null if it does not say
 * @param issuer credential of the backend
 */
public record Portal(
    TenantId tenant, @Nullable String user, Set<Scope> scopes, Credential issuer, Instant expires) {
  /** Prefix that distinguishes a portal's token from an API key and other tokens. */
  public static final String PREFIX = "sbp_";

  /** What a portal may be allowed to do. */
  public static final Set<Scope> SCOPES =
      Set.of(Scope.WEBHOOKS, Scope.PRESENCE_READ, Scope.EVENTS_READ, Scope.KEPT_READ);

  public Portal {
    scopes = Set.copyOf(scopes);
  }

  /**
   * Returns the caller that the portal is now.
   *
   * @param backend the present principal of {@link #issuer}
   * @throws AuthException if the backend may no longer act for the tenant
   */
  public Principal holder(Principal backend) {
    if (!backend.mayActFor(tenant)) {
      throw AuthException.refused("the portal's tenant is not that of its issuer");
    }
    Set<Scope> present = EnumSet.noneOf(Scope.class);
    scopes.stream().filter(scope -> mayHandOn(backend, scope)).forEach(present::add);
    String name = "portal of " + backend.name() + (user == null ? "" : " for " + user);
    return new Principal.Service(name, tenant, present, null, expires);
  }

  /** Whether a caller has a scope that a portal can have; {@code admin} includes all reading. */
  public static boolean mayHandOn(Principal backend, Scope scope) {
    boolean reading = scope == Scope.EVENTS_READ || scope == Scope.KEPT_READ;
    return SCOPES.contains(scope) && (backend.has(scope) || (reading && backend.has(Scope.ADMIN)));
  }

  JsonObject write() {
    return new JsonObject()
        .put("tenant", tenant.value())
        .put("user", user)
        .put("scopes", new JsonArray(scopes.stream().map(Scope::wireName).sorted().toList()))
        .put("issuer", issuer.toJson())
        .put("expires", expires.toEpochMilli());
  }

  /** Throws a {@link RuntimeException} if the JSON is malformed. */
  static Portal read(JsonObject json, Roles roles) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    json.getJsonArray("scopes").forEach(name -> Scope.of(name.toString()).ifPresent(scopes::add));
    return new Portal(
        new TenantId(json.getString("tenant")),
        json.getString("user"),
        scopes,
        Credential.read(json.getJsonObject("issuer"), roles),
        Instant.ofEpochMilli(json.getLong("expires")));
  }
}
