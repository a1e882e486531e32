package dev.switchboard.api;

import dev.switchboard.api.Problem.Kind;
import dev.switchboard.auth.Origins;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.auth.WidgetKeyStore;
import dev.switchboard.auth.WidgetKeyStore.WidgetKey;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.TableSnapshot;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/widgets}: keys that let visitors of web pages in. */
public final class WidgetRoutes implements RouteGroup {
  private static final int MAX_ORIGINS = 50;
  private static final int MAX_NAME = 200;

  private final WidgetKeyStore store;
  private final TableSnapshot<?> known;

  /** Over the table, and what this node knows of it: an answered change is in force here. */
  public WidgetRoutes(WidgetKeyStore store, TableSnapshot<?> known) {
    this.store = store;
    this.known = known;
  }

  @Override
  public void mount(Router router, Guard guard) {
    router.get("/api/v1/widgets").handler(guard.authenticated(this::list));
    guard.withBody(router.post("/api/v1/widgets"), this::create);
    router.delete("/api/v1/widgets/:id").handler(guard.authenticated(this::delete));
  }

  private void list(RoutingContext context, Principal caller) {
    Guard.requireScope(caller, Scope.ADMIN);
    String wanted = context.request().getParam("tenant_id");
    TenantId tenant =
        wanted == null
            ? Guard.onlyTenant(caller)
            : Guard.requireTenant(new TenantId(wanted), caller);
    store
        .list(tenant)
        .onSuccess(keys -> JsonResponse.send(context, 200, listed(keys)))
        .onFailure(failure -> outOfReach(context));
  }

  private static JsonObject listed(List<WidgetKey> keys) {
    return new JsonObject()
        .put("widgets", new JsonArray(keys.stream().map(WidgetRoutes::json).toList()));
  }

  private void create(RoutingContext context, Principal caller) {
    Guard.requireScope(caller, Scope.ADMIN);
    JsonObject body = Guard.object(context);
    known
        .afterRefresh(store.insert(tenant(body, caller), name(body), origins(body)))
        .onSuccess(key -> JsonResponse.send(context, 201, json(key)))
        .onFailure(failure -> outOfReach(context));
  }

  private static TenantId tenant(JsonObject body, Principal caller) {
    @Nullable TenantId only = Guard.onlyTenant(caller);
    if (body.getValue("tenant_id") instanceof String named) {
      return Guard.requireTenant(new TenantId(named), caller);
    }
    if (only == null) {
      throw Guard.bad("\"tenant_id\" is required for a caller of all tenants");
    }
    return only;
  }

  private static String name(JsonObject body) {
    if (body.getValue("name") instanceof String name
        && !name.isBlank()
        && name.length() <= MAX_NAME) {
      return name;
    }
    throw Guard.bad("\"name\" must be a text of at most " + MAX_NAME + " characters");
  }

  private static List<String> origins(JsonObject body) {
    if (!(body.getValue("origins") instanceof JsonArray given)
        || given.isEmpty()
        || given.size() > MAX_ORIGINS) {
      throw Guard.bad(
          "\"origins\" must list 1 to "
              + MAX_ORIGINS
              + " web origins such as https://www.example.com, or \"*\"");
    }
    List<String> origins = new ArrayList<>();
    for (Object origin : given) {
      if (!(origin instanceof String text) || !Origins.isWellFormed(text)) {
        throw Guard.bad("an origin is scheme and host, such as https://www.example.com, or \"*\"");
      }
      origins.add(text);
    }
    return origins;
  }

  private void delete(RoutingContext context, Principal caller) {
    Guard.requireScope(caller, Scope.ADMIN);
    String id = context.pathParam("id");
    if (!id.matches("\\d{1,18}")) {
      throw new ProblemException(Problem.of(Kind.NOT_FOUND, "a widget key has a number"));
    }
    known
        .afterRefresh(store.delete(Long.parseLong(id), Guard.onlyTenant(caller)))
        .onSuccess(
            deleted -> {
              if (deleted) {
                context.response().setStatusCode(204).end().onFailure(gone -> {});
              } else {
                context.fail(
                    new ProblemException(
                        Problem.of(Kind.NOT_FOUND, "there is no such widget key")));
              }
            })
        .onFailure(failure -> outOfReach(context));
  }

  private static JsonObject json(WidgetKey key) {
    return new JsonObject()
        .put("id", key.id())
        .put("widget_key", key.key())
        .put("tenant_id", key.tenant().value())
        .put("name", key.name())
        .put("origins", new JsonArray(key.origins().allowed()))
        .put("created_at", key.createdAt().toInstant().toString());
  }

  private static void outOfReach(RoutingContext context) {
    ProblemHandler.answer(
        context, Problem.later(Kind.UNAVAILABLE, "Postgres is out of reach; try again", 1));
  }
}
