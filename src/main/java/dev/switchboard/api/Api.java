package dev.switchboard.api;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The routes of the client port; one per event loop. */
public final class Api {
  private final Vertx vertx;
  private final Guard guard;
  private final List<RouteGroup> routeGroups;
  private final BooleanSupplier draining;

  /** Serves these routes, and refuses all requests while {@code draining} is true. */
  public Api(Vertx vertx, Guard guard, List<RouteGroup> routeGroups, BooleanSupplier draining) {
    this.vertx = vertx;
    this.guard = guard;
    this.routeGroups = List.copyOf(routeGroups);
    this.draining = draining;
  }

  /** Returns the handler for all requests of the client port. */
  public Handler<HttpServerRequest> routes() {
    return new RequestTargetCheck(router());
  }

  Router router() {
    Router router = Router.router(vertx);
    ProblemHandler problems = new ProblemHandler();
    router.route().failureHandler(problems);
    for (int status : new int[] {404, 413, 415}) {
      router.errorHandler(status, problems);
    }
    router.errorHandler(
        405,
        context -> {
          AllowedMethods.addHeader(context, router);
          problems.handle(context);
        });
    router.route().handler(this::refuseWhileDraining);
    router.get("/openapi.yaml").handler(context -> sendFile(context, "openapi.yaml"));
    router.get("/asyncapi.yaml").handler(context -> sendFile(context, "asyncapi.yaml"));
    routeGroups.forEach(group -> group.mount(router, guard));
    return router;
  }

  private void refuseWhileDraining(RoutingContext context) {
    if (draining.getAsBoolean()) {
      throw ProblemException.unavailable("this node is shutting down; use another");
    }
    context.next();
  }

  private void sendFile(RoutingContext context, String name) {
    context
        .response()
        .putHeader("Content-Type", "application/yaml")
        .sendFile(name)
        .onFailure(context::fail);
  }
}
