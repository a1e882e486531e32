package dev.switchboard.api.http;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** Checks which scopes a caller has and for which tenants it may act. */
public final class Access {
  /** Message about a tenant that the caller may not act for. */
  public static final String WRONG_TENANT = "the caller may not act for this tenant";

  private static final String TENANT_PARAMETER = "tenant_id";

  private Access() {}

  public static void requireScope(Principal caller, Scope scope) {
    if (!caller.has(scope)) {
      throw ProblemException.forbidden("the scope " + scope + " is required");
    }
  }

  /** Refuses all callers except administrators of all tenants; a person acts for one tenant. */
  public static void requireAdminOfAllTenants(Principal caller) {
    requireScope(caller, Scope.ADMIN);
    if (ownTenant(caller) != null) {
      throw ProblemException.forbidden("only a caller that acts for all tenants may do this");
    }
  }

  /**
   * Services need the scope {@code events:read} or {@code admin} to read a log; persons see what
   * their role sees.
   */
  public static void requireReadingEvents(Principal caller) {
    requireReading(caller, Scope.EVENTS_READ);
  }

  /**
   * Services need the scope {@code kept:read} or {@code admin} to read kept events; persons see
   * what their role sees.
   */
  public static void requireReadingKept(Principal caller) {
    requireReading(caller, Scope.KEPT_READ);
  }

  private static void requireReading(Principal caller, Scope scope) {
    if (!(caller instanceof Principal.Participant) && !caller.has(Scope.ADMIN)) {
      requireScope(caller, scope);
    }
  }

  /** Whether the caller may read the kept events of a collection. */
  public static boolean mayReadKept(Principal caller, String collection) {
    return !(caller instanceof Principal.Participant person)
        || person.role().kept().allows(collection);
  }

  /** Whether the caller may see events of that type that are addressed to no particular user. */
  public static boolean maySee(Principal caller, EventType type) {
    return !(caller instanceof Principal.Participant person) || person.role().see().allows(type);
  }

  /** Returns the tenant if the caller may act for it. */
  static TenantId requireTenant(Principal caller, TenantId tenant) {
    if (!caller.mayActFor(tenant)) {
      throw ProblemException.forbidden(WRONG_TENANT);
    }
    return tenant;
  }

  /** Returns the tenant of the path if the caller may act for it. */
  public static TenantId pathTenant(RoutingContext context, Principal caller) {
    return requireTenant(caller, new TenantId(context.pathParam("tenant")));
  }

  /** Returns the tenant of the query, or the caller's own; null if the caller acts for all. */
  public static @Nullable TenantId queryTenantOrAll(RoutingContext context, Principal caller) {
    String given = RequestInput.parameter(context, TENANT_PARAMETER);
    return given == null ? ownTenant(caller) : requireTenant(caller, new TenantId(given));
  }

  /** Returns the tenant of the query, or the caller's own; a caller for all must name one. */
  public static TenantId queryTenant(RoutingContext context, Principal caller) {
    return namedTenant(RequestInput.parameter(context, TENANT_PARAMETER), caller);
  }

  /**
   * Returns the named tenant if the caller may act for it, or the caller's own.
   *
   * @param given value of {@code tenant_id}; null if it is absent, which only a caller for one
   *     tenant may leave out
   */
  public static TenantId namedTenant(@Nullable Object given, Principal caller) {
    TenantId own = ownTenant(caller);
    if (given == null && own != null) {
      return own;
    }
    if (given == null) {
      throw ProblemException.badRequest(
          "tenant_id is required, as the caller acts for all tenants");
    }
    if (!(given instanceof String tenant)) {
      throw ProblemException.badRequest("tenant_id must be a string");
    }
    return requireTenant(caller, new TenantId(tenant));
  }

  /** Returns the one tenant of the caller; null if it acts for all. */
  public static @Nullable TenantId ownTenant(Principal caller) {
    if (caller instanceof Principal.Participant person) {
      return person.tenant();
    }
    return caller instanceof Principal.Service service ? service.tenant() : null;
  }
}
