package dev.switchboard.api.inspect;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.Problem;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.event.CloseReason;
import dev.switchboard.event.Reason;
import dev.switchboard.event.TenantId;
import dev.switchboard.sessions.edge.StreamBlocks;
import dev.switchboard.sessions.signin.SignIn;
import dev.switchboard.sessions.trace.Trace;
import dev.switchboard.sessions.trace.TraceSlots;
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
  private static final long TICK_MILLIS = 1_000;
  private static final int TICKS_UNTIL_CHECK = 5;

  private final Vertx vertx;
  private final Settings settings;
  private final Traces traces;

  /**
   * Names that streams need.
   *
   * @param node name of this node
   * @param topicPrefix prefix of every topic
   */
  public record Settings(String node, String topicPrefix) {}

  /** Serves the traces of the calling event loop. */
  public TraceRoutes(Vertx vertx, Settings settings, Traces traces) {
    this.vertx = vertx;
    this.settings = settings;
    this.traces = traces;
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
    requireTopics(caller, query);
    if (context.request().method().equals(HttpMethod.HEAD)) {
      StreamBlocks.addHeaders(context.response()).end().onFailure(disconnected -> {});
      return;
    }
    TraceStream stream = new TraceStream(context.response(), settings.node());
    @Nullable Trace trace =
        traces.open(
            new Trace.Request(tenant, query.topics(), query.filter(), new TraceViewer(caller)),
            stream);
    if (trace == null) {
      throw ProblemException.of(
          Problem.Kind.TOO_MANY_REQUESTS,
          "the tenant has "
              + TraceSlots.PER_TENANT
              + " open traces on this node, or all tenants have "
              + TraceSlots.PER_NODE
              + "; close one, or use another node");
    }
    new OpenTrace(context, tenant, trace, stream).begin(guard);
  }

  private static void requireTopics(Principal caller, TraceQuery query) {
    if (caller instanceof Principal.Participant person
        && !query.topics().stream().allMatch(person.role().topics()::allows)) {
      throw ProblemException.forbidden("your role may not follow one of these topics");
    }
  }

  /** A trace from its first to its last byte. */
  private final class OpenTrace {
    private final RoutingContext context;
    private final TenantId tenant;
    private final Trace trace;
    private final TraceStream stream;
    private int ticks;

    OpenTrace(RoutingContext context, TenantId tenant, Trace trace, TraceStream stream) {
      this.context = context;
      this.tenant = tenant;
      this.trace = trace;
      this.stream = stream;
    }

    void begin(Guard guard) {
      long timer = vertx.setPeriodic(TICK_MILLIS, tick -> tick(guard));
      context.addEndHandler(ended -> close(timer));
      if (context.response().closed()) {
        close(timer);
      }
    }

    /** May be called more than once. */
    private void close(long timer) {
      vertx.cancelTimer(timer);
      traces.close(trace);
    }

    private void tick(Guard guard) {
      trace.reportMissed();
      ticks++;
      if (ticks % TICKS_UNTIL_CHECK == 0) {
        stream.keepAlive();
        guard.callerStill(context).onSuccess(this::stillCalledBy).onFailure(this::notAuthenticated);
      }
    }

    private void stillCalledBy(Principal now) {
      if (!now.has(Scope.ADMIN) || !now.mayActFor(tenant)) {
        stream.end(CloseReason.FORBIDDEN, CloseReason.FORBIDDEN.message());
      }
    }

    /** A credential that can't be checked for the moment is still good. */
    private void notAuthenticated(Throwable failure) {
      if (SignIn.isRefusal(failure)) {
        stream.end(CloseReason.NOT_AUTHENTICATED, Reason.of(failure));
      }
    }
  }
}
