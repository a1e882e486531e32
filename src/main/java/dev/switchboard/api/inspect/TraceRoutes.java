package dev.switchboard.api.inspect;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.Problem;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.event.TenantId;
import dev.switchboard.sessions.edge.StreamBlocks;
import dev.switchboard.sessions.trace.Trace;
import dev.switchboard.sessions.trace.TraceViewer;
import dev.switchboard.sessions.trace.Traces;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/v1/tenants/{t}/trace}: the events of a tenant as they happen, as server-sent
 * events. The caller is authenticated again and again while the stream is open.
 */
public final class TraceRoutes implements RouteGroup {
  private final Vertx vertx;
  private final Settings settings;
  private final Traces traces;
  private final TenantTopics topics;

  /**
   * Names that streams need.
   *
   * @param node name of this node
   * @param topicPrefix prefix of every topic
   */
  public record Settings(String node, String topicPrefix) {}

  /** Serves the traces of the calling event loop. */
  public TraceRoutes(Vertx vertx, Settings settings, Traces traces, TenantTopics topics) {
    this.vertx = vertx;
    this.settings = settings;
    this.traces = traces;
    this.topics = topics;
  }

  @Override
  public void mount(Router router, Guard guard) {
    router
        .get("/api/v1/tenants/:tenant/trace")
        .handler(
            guard.authenticated(
                TraceQuery.PARAMETERS, (context, caller) -> open(context, caller, guard)));
  }

  private void open(RoutingContext context, Principal caller, Guard guard) {
    Access.requireScope(caller, Scope.ADMIN);
    TenantId tenant = Access.pathTenant(context, caller);
    TraceQuery query = TraceQuery.of(context, settings.topicPrefix());
    TraceViewer viewer = new TraceViewer(caller);
    requireTopics(viewer, query);
    if (context.request().method().equals(HttpMethod.HEAD)) {
      StreamBlocks.addHeaders(context.response()).end().onFailure(disconnected -> {});
      return;
    }
    LiveStream stream = new LiveStream(context.response(), settings.node());
    @Nullable Trace trace =
        traces.open(new Trace.Request(tenant, query.topics(), query.filter(), viewer), stream);
    if (trace == null) {
      throw ProblemException.of(Problem.Kind.TOO_MANY_REQUESTS, traces.refusal());
    }
    new StreamWatch(context, stream, now -> now.has(Scope.ADMIN) && now.mayActFor(tenant))
        .begin(
            vertx,
            guard,
            () -> {
              trace.reportMissed();
              followTopics(tenant, query, trace);
            },
            () -> traces.close(trace));
    followTopics(tenant, query, trace);
  }

  /** Topics turn up with their first event, which a trace of a pattern does not show. */
  private void followTopics(TenantId tenant, TraceQuery query, Trace trace) {
    if (query.topics().areOpen()) {
      topics.of(tenant).onSuccess(found -> traces.topics(trace, found));
    }
  }

  private static void requireTopics(TraceViewer viewer, TraceQuery query) {
    if (!query.topics().named().stream().allMatch(viewer::mayFollow)) {
      throw ProblemException.forbidden("your role may not follow one of these topics");
    }
  }
}
