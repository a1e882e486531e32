package dev.switchboard.api.keys;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Audit;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.JsonResponse;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RequestInput;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.auth.Origins;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.auth.widgets.WidgetKeyStore;
import dev.switchboard.auth.widgets.WidgetKeyStore.WidgetKey;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.sessions.signin.QueryParameters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;

/** {@code /api/v1/widgets}: the keys with which visitors of web pages connect. */
public final class WidgetRoutes implements RouteGroup {
  private static final int MAX_ORIGINS = 50;

  private static final String NO_SUCH_KEY = "no such widget key";

  private final WidgetKeyStore store;
  private final TableSnapshot<?> snapshot;

  /**
   * Changes the table of widget keys.
   *
   * @param snapshot this node's copy of the table, which has a change before it is answered
   */
  public WidgetRoutes(WidgetKeyStore store, TableSnapshot<?> snapshot) {
    this.store = store;
    this.snapshot = snapshot;
  }

  @Override
  public void mount(Router router, Guard guard) {
    router
        .get("/api/v1/widgets")
        .handler(guard.authenticated(QueryParameters.ofSingle("tenant_id"), this::list));
    guard.withBody(router.post("/api/v1/widgets"), this::create);
    router.delete("/api/v1/widgets/:id").handler(guard.authenticated(this::delete));
  }

  private void list(RoutingContext context, Principal caller) {
    Access.requireScope(caller, Scope.ADMIN);
    JsonResponse.sendFrom(
        "Postgres",
        context,
        200,
        store.list(Access.queryTenantOrAll(context, caller)).map(WidgetRoutes::listJson));
  }

  private static Buffer listJson(List<WidgetKey> keys) {
    return new JsonObject()
        .put("widgets", new JsonArray(keys.stream().map(WidgetRoutes::json).toList()))
        .toBuffer();
  }

  private void create(RoutingContext context, Principal caller) {
    Access.requireScope(caller, Scope.ADMIN);
    JsonObject body = RequestInput.jsonOrEmpty(context);
    TenantId tenant = Access.namedTenant(body.getValue("tenant_id"), caller);
    Audit.concerns(context, tenant);
    JsonResponse.sendFrom(
        "Postgres",
        context,
        201,
        snapshot
            .afterRefresh(store.insert(tenant, TableRows.name(body), origins(body)))
            .map(key -> json(key).toBuffer()));
  }

  private static List<String> origins(JsonObject body) {
    if (!(body.getValue("origins") instanceof JsonArray given)
        || given.isEmpty()
        || given.size() > MAX_ORIGINS) {
      throw ProblemException.badField(
          "/origins",
          "must list 1 to "
              + MAX_ORIGINS
              + " web origins such as https://www.example.com, or \"*\"");
    }
    List<String> origins = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      if (!(given.getValue(i) instanceof String text) || !Origins.isWellFormed(text)) {
        throw ProblemException.badField(
            "/origins/" + i,
            "must be a scheme and a host, such as https://www.example.com, or \"*\"");
      }
      origins.add(text);
    }
    return origins;
  }

  private void delete(RoutingContext context, Principal caller) {
    Access.requireScope(caller, Scope.ADMIN);
    long id = TableRows.id(context, NO_SUCH_KEY);
    TableRows.answerDeleted(
        context, snapshot.afterRefresh(store.delete(id, Access.ownTenant(caller))), NO_SUCH_KEY);
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
}
