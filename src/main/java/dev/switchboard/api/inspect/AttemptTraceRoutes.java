package dev.switchboard.api.inspect;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.Problem;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RequestInput;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.event.TenantId;
import dev.switchboard.sessions.edge.StreamBlocks;
import dev.switchboard.sessions.signin.QueryParameters;
import dev.switchboard.sessions.subscriptions.AttemptTail;
import dev.switchboard.sessions.trace.AttemptTrace;
import dev.switchboard.sessions.trace.AttemptTraces;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/v1/tenants/{t}/attempts}: the attempts at webhooks of a tenant as they are made,
 * as server-sent events. The caller is authenticated again and again while the stream is open.
 */
public final class AttemptTraceRoutes implements RouteGroup {
  private final Vertx vertx;
  private final String node;
  private final AttemptTraces traces;

  /** Serves the traces of the calling event loop. */
  public AttemptTraceRoutes(Vertx vertx, String node, AttemptTraces traces) {
    this.vertx = vertx;
    this.node = node;
    this.traces = traces;
  }

  @Override
  public void mount(Router router, Guard guard) {
    router
        .get("/api/v1/tenants/:tenant/attempts")
        .handler(
            guard.authenticated(
                QueryParameters.ofSingle("webhook_id"),
                (context, caller) -> open(context, caller, guard)));
  }

  private void open(RoutingContext context, Principal caller, Guard guard) {
    Access.requireScope(caller, Scope.WEBHOOKS);
    TenantId tenant = Access.pathTenant(context, caller);
    long webhook = webhook(context);
    if (context.request().method().equals(HttpMethod.HEAD)) {
      StreamBlocks.addHeaders(context.response()).end().onFailure(disconnected -> {});
      return;
    }
    LiveStream stream = new LiveStream(context.response(), node);
    @Nullable AttemptTrace trace = traces.open(new AttemptTrace.Request(tenant, webhook), stream);
    if (trace == null) {
      throw ProblemException.of(Problem.Kind.TOO_MANY_REQUESTS, traces.refusal());
    }
    new StreamWatch(context, stream, now -> now.has(Scope.WEBHOOKS) && now.mayActFor(tenant))
        .begin(vertx, guard, trace::reportMissed, () -> traces.close(trace));
  }

  private static long webhook(RoutingContext context) {
    String given = RequestInput.parameter(context, "webhook_id");
    if (given == null) {
      return AttemptTail.EVERY;
    }
    if (!given.matches("[1-9]\\d{0,17}")) {
      throw ProblemException.badRequest("webhook_id must be the id of a webhook");
    }
    return Long.parseLong(given);
  }
}
