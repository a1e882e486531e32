package dev.switchboard.api.keys;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Audit;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.JsonResponse;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RequestInput;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.auth.ApiKey;
import dev.switchboard.auth.ApiKeyStore;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.config.Cidr;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.sessions.signin.QueryParameters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/v1/keys}: the API keys of backends. A caller for one tenant has to do with its own.
 */
public final class KeyRoutes implements RouteGroup {
  private static final String ROOT = "/api/v1/keys";
  private static final int MAX_SOURCES = 100;
  private static final List<String> MEMBERS = List.of("name", "tenant_id", "scopes", "sources");
  private static final String NO_SUCH_KEY = "no such API key, or it was revoked before";

  private final ApiKeyStore store;
  private final TableSnapshot<?> snapshot;

  /**
   * Changes the table of API keys.
   *
   * @param snapshot this node's copy of the table, which has a change before it is answered
   */
  public KeyRoutes(ApiKeyStore store, TableSnapshot<?> snapshot) {
    this.store = store;
    this.snapshot = snapshot;
  }

  @Override
  public void mount(Router router, Guard guard) {
    router
        .get(ROOT)
        .handler(guard.authenticated(QueryParameters.ofSingle("tenant_id"), this::list));
    guard.withBody(router.post(ROOT), this::create);
    router.delete(ROOT + "/:id").handler(guard.authenticated(this::revoke));
  }

  private void list(RoutingContext context, Principal caller) {
    Access.requireScope(caller, Scope.ADMIN);
    TenantId tenant = Access.queryTenantOrAll(context, caller);
    JsonResponse.sendFrom(
        "Postgres",
        context,
        200,
        (tenant == null ? store.list() : store.list(tenant)).map(KeyRoutes::listJson));
  }

  private static Buffer listJson(List<ApiKeyStore.Entry> keys) {
    return new JsonObject()
        .put("keys", new JsonArray(keys.stream().map(KeyRoutes::json).toList()))
        .toBuffer();
  }

  private void create(RoutingContext context, Principal caller) {
    Access.requireScope(caller, Scope.ADMIN);
    JsonObject body = RequestInput.json(context);
    requireKnownMembers(body);
    TenantId tenant = tenant(body, caller);
    if (tenant != null) {
      Audit.concerns(context, tenant);
    }
    ApiKey key = ApiKey.generate();
    ApiKeyStore.Entry wanted =
        new ApiKeyStore.Entry(
            0, TableRows.name(body), tenant, scopes(body, caller), sources(body), null, null, null);
    JsonResponse.sendFrom(
        "Postgres",
        context,
        201,
        snapshot
            .afterRefresh(
                store.insert(key, wanted.name(), tenant, wanted.scopes(), wanted.sources()))
            .map(
                id -> {
                  context.response().putHeader("Location", ROOT + "/" + id);
                  return json(wanted).put("id", id).put("key", key.reveal()).toBuffer();
                }));
  }

  /** A misspelt member could leave a limit of the key out. */
  private static void requireKnownMembers(JsonObject body) {
    ProblemException.refuseUnknown(body, "a key", MEMBERS);
  }

  /** Null makes a key of all tenants, which only a caller for all may do. */
  private static @Nullable TenantId tenant(JsonObject body, Principal caller) {
    Object given = body.getValue("tenant_id");
    return given == null ? Access.ownTenant(caller) : Access.namedTenant(given, caller);
  }

  /** A caller can grant only scopes of its own. */
  private static Set<Scope> scopes(JsonObject body, Principal caller) {
    if (!(body.getValue("scopes") instanceof JsonArray given) || given.isEmpty()) {
      throw ProblemException.badField("/scopes", "must list at least one of " + known());
    }
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (int i = 0; i < given.size(); i++) {
      int index = i;
      Scope scope =
          Scope.of(String.valueOf(given.getValue(i)))
              .orElseThrow(
                  () -> ProblemException.badField("/scopes/" + index, "must be one of " + known()));
      if (!mayGrant(caller, scope)) {
        throw ProblemException.forbidden("the caller does not have the scope " + scope + " itself");
      }
      scopes.add(scope);
    }
    return scopes;
  }

  /** Administrators may read everything that these scopes let a backend read. */
  private static boolean mayGrant(Principal caller, Scope scope) {
    return caller.has(scope) || scope == Scope.EVENTS_READ || scope == Scope.KEPT_READ;
  }

  private static String known() {
    return String.join(", ", Stream.of(Scope.values()).map(Scope::wireName).toList());
  }

  private static List<Cidr> sources(JsonObject body) {
    Object given = body.getValue("sources", new JsonArray());
    if (!(given instanceof JsonArray list) || list.size() > MAX_SOURCES) {
      throw ProblemException.badField(
          "/sources", "must be an array of at most " + MAX_SOURCES + " address ranges");
    }
    List<Cidr> ranges = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      try {
        ranges.add(Cidr.parse(String.valueOf(list.getValue(i))));
      } catch (IllegalArgumentException e) {
        throw ProblemException.badField(
            "/sources/" + i, "must be an address range such as 10.1.0.0/16");
      }
    }
    return ranges;
  }

  private void revoke(RoutingContext context, Principal caller) {
    Access.requireScope(caller, Scope.ADMIN);
    long id = TableRows.id(context, NO_SUCH_KEY);
    TableRows.answerDeleted(
        context, snapshot.afterRefresh(store.revoke(id, Access.ownTenant(caller))), NO_SUCH_KEY);
  }

  private static JsonObject json(ApiKeyStore.Entry key) {
    return new JsonObject()
        .put("id", key.id())
        .put("name", key.name())
        .put("tenant", key.tenant() == null ? null : key.tenant().value())
        .put("scopes", new JsonArray(key.scopes().stream().sorted().map(Scope::wireName).toList()))
        .put("sources", new JsonArray(key.sources().stream().map(Cidr::toString).toList()))
        .put("created_at", time(key.createdAt()))
        .put("revoked_at", time(key.revokedAt()))
        .put("last_used_at", time(key.lastUsedAt()));
  }

  private static @Nullable String time(@Nullable OffsetDateTime time) {
    return time == null ? null : time.toInstant().toString();
  }
}
