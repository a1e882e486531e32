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
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** {@code GET /api/v1/nodes}: the nodes of the cluster and its totals. */
public final class NodeRoutes implements RouteGroup {
  /** Nodes report every four seconds; a console asks as often. */
  private static final Duration SUMMARY_KEPT = Duration.ofMillis(1_500);

  /** Counting who is online costs one command for each tenant. */
  private static final Duration COUNT_KEPT = Duration.ofSeconds(5);

  private final NodeReports reports;
  private final Clock clock;
  private final CachedRead<Long> usersOnline;
  private final CachedRead<Buffer> summary;

  /** Reads over the stores of the calling event loop. */
  public NodeRoutes(NodeReports reports, PresenceService presence, Clock clock, Ticker ticker) {
    this.reports = reports;
    this.clock = clock;
    this.usersOnline = new CachedRead<>(() -> presence.countOnline(), COUNT_KEPT, ticker);
    this.summary = new CachedRead<>(this::read, SUMMARY_KEPT, ticker);
  }

  @Override
  public void mount(Router router, Guard guard) {
    router.get("/api/v1/nodes").handler(guard.authenticated(this::nodes));
  }

  private void nodes(RoutingContext context, Principal caller) {
    Access.requireAdminOfAllTenants(caller);
    JsonResponse.sendFrom("Redis", context, 200, summary.get());
  }

  private Future<Buffer> read() {
    return usersOnline
        .get()
        .compose(online -> reports.all().map(found -> summarize(found, online)));
  }

  private Buffer summarize(List<NodeReports.Report> found, long online) {
    return new ClusterSummary(found).toJson(clock.instant(), online).toBuffer();
  }
}
