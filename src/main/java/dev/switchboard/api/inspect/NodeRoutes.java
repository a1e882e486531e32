package dev.switchboard.api.inspect;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.JsonResponse;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.auth.Principal;
import dev.switchboard.presence.PresenceService;
import dev.switchboard.redis.nodes.NodeReports;
import dev.switchboard.time.Ticker;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.Duration;

/** {@code GET /api/v1/nodes}: the nodes of the cluster and its totals. */
public final class NodeRoutes implements RouteGroup {
  /** Counting who is online costs one command for each tenant. */
  private static final long COUNT_VALID_NANOS = Duration.ofSeconds(5).toNanos();

  private final NodeReports reports;
  private final PresenceService presence;
  private final Clock clock;
  private final Ticker ticker;
  private Future<Long> usersOnline = Future.failedFuture("not counted yet");
  private long countedAt;

  /** Reads over the stores of the calling event loop. */
  public NodeRoutes(NodeReports reports, PresenceService presence, Clock clock, Ticker ticker) {
    this.reports = reports;
    this.presence = presence;
    this.clock = clock;
    this.ticker = ticker;
  }

  @Override
  public void mount(Router router, Guard guard) {
    router.get("/api/v1/nodes").handler(guard.authenticated(this::nodes));
  }

  private void nodes(RoutingContext context, Principal caller) {
    Access.requireAdminOfAllTenants(caller);
    JsonResponse.sendFrom(
        "Redis",
        context,
        200,
        usersOnline()
            .compose(
                online ->
                    reports
                        .all()
                        .map(
                            found ->
                                new ClusterSummary(found)
                                    .toJson(clock.instant(), online)
                                    .toBuffer())));
  }

  /** Counts once for all who ask within a few seconds. */
  private Future<Long> usersOnline() {
    long now = ticker.nanos();
    if (usersOnline.failed() || now - countedAt > COUNT_VALID_NANOS) {
      usersOnline = presence.countOnline();
      countedAt = now;
    }
    return usersOnline;
  }
}
