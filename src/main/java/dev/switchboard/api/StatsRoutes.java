package dev.switchboard.api;

import dev.switchboard.api.Problem.Kind;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.event.TenantId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** {@code GET /ws/stats}: how many sessions there are over all nodes. */
public final class StatsRoutes implements RouteGroup {
  private final Connections connections;

  /** Over whoever counts. */
  public StatsRoutes(Connections connections) {
    this.connections = connections;
  }

  /** Counts sessions over all nodes. */
  public interface Connections {
    /** Those of a tenant, and of all; with null only the latter counts. */
    Future<Totals> count(@Nullable TenantId tenant);
  }

  /** Sessions over all nodes. */
  public record Totals(long ofTenant, long all) {}

  @Override
  public void mount(Router router, Guard guard) {
    router.get("/ws/stats").handler(guard.authenticated(this::stats));
    router.get("/api/v1/ws/stats").handler(guard.authenticated(this::stats));
  }

  private void stats(RoutingContext context, Principal caller) {
    Guard.requireScope(caller, Scope.STATS);
    TenantId only = Guard.onlyTenant(caller);
    String asked = context.request().getParam("tenant_id");
    TenantId tenant = asked == null ? only : Guard.requireTenant(new TenantId(asked), caller);
    connections
        .count(tenant)
        .onSuccess(totals -> JsonResponse.send(context, 200, json(totals, tenant, only == null)))
        .onFailure(
            failure ->
                ProblemHandler.answer(
                    context, Problem.later(Kind.UNAVAILABLE, "Redis is out of reach", 1)));
  }

  private static JsonObject json(Totals totals, @Nullable TenantId tenant, boolean ofAllTenants) {
    JsonObject json =
        new JsonObject().put("tenant_connections", tenant == null ? null : totals.ofTenant());
    return ofAllTenants ? json.put("total_connections", totals.all()) : json;
  }
}
