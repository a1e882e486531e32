package dev.switchboard.api;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.JsonResponse;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.event.TenantId;
import dev.switchboard.redis.NodeCounts;
import dev.switchboard.sessions.registry.SessionCount;
import dev.switchboard.sessions.signin.QueryParameters;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** {@code GET /ws/stats}: the number of sessions on all nodes. */
public final class StatsRoutes implements RouteGroup {
  private final String node;
  private final SessionCount ownSessions;
  private final NodeCounts nodeCounts;

  /**
   * Counts this node's sessions and those that the other nodes last published.
   *
   * @param node name of this node
   */
  public StatsRoutes(String node, SessionCount ownSessions, NodeCounts nodeCounts) {
    this.node = node;
    this.ownSessions = ownSessions;
    this.nodeCounts = nodeCounts;
  }

  private record Totals(long ofTenant, long all) {}

  @Override
  public void mount(Router router, Guard guard) {
    router
        .get("/ws/stats")
        .handler(guard.authenticated(QueryParameters.ofSingle("tenant_id"), this::stats));
    router
        .get("/api/v1/ws/stats")
        .handler(guard.authenticated(QueryParameters.ofSingle("tenant_id"), this::stats));
  }

  private void stats(RoutingContext context, Principal caller) {
    Access.requireScope(caller, Scope.STATS);
    TenantId tenant = Access.queryTenantOrAll(context, caller);
    boolean mayCountAll = Access.ownTenant(caller) == null;
    JsonResponse.sendFrom(
        "Redis",
        context,
        200,
        count(tenant).map(totals -> json(totals, tenant, mayCountAll).toBuffer()));
  }

  private Future<Totals> count(@Nullable TenantId tenant) {
    int ofTenant = tenant == null ? 0 : ownSessions.byTenant().getOrDefault(tenant, 0);
    return nodeCounts
        .ofOthers(node, tenant)
        .map(others -> new Totals(others.ofTenant() + ofTenant, others.all() + ownSessions.now()));
  }

  private static JsonObject json(Totals totals, @Nullable TenantId tenant, boolean withTotal) {
    JsonObject json =
        new JsonObject().put("tenant_connections", tenant == null ? null : totals.ofTenant());
    return withTotal ? json.put("total_connections", totals.all()) : json;
  }
}
