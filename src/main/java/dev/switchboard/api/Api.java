package dev.switchboard.api;

import dev.switchboard.api.Problem.Kind;
import dev.switchboard.auth.Authenticator;
import dev.switchboard.auth.TrustedProxies;
import dev.switchboard.config.HttpConfig;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The routes of the client port. One per event loop, over that loop's ingest and sessions. */
public final class Api {
  private final Vertx vertx;
  private final Guard guard;
  private final List<RouteGroup> resources;
  private final BooleanSupplier draining;

  /** {@code draining} tells whether the node is on its way out and takes nothing new. */
  public Api(
      Vertx vertx,
      Authenticator authenticator,
      TrustedProxies proxies,
      HttpConfig config,
      int maxBody,
      List<RouteGroup> resources,
      BooleanSupplier draining) {
    this.vertx = vertx;
    this.guard = new Guard(authenticator, proxies, new BodyAdmission(vertx, config), maxBody);
    this.resources = List.copyOf(resources);
    this.draining = draining;
  }

  /** What takes the requests of the client port. */
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
          AllowedMethods.tell(context, router);
          problems.handle(context);
        });
    router.route().handler(this::refuseWhileDraining);
    router.get("/openapi.yaml").handler(context -> resource(context, "openapi.yaml"));
    router.get("/asyncapi.yaml").handler(context -> resource(context, "asyncapi.yaml"));
    resources.forEach(resource -> resource.mount(router, guard));
    return router;
  }

  private void refuseWhileDraining(RoutingContext context) {
    if (draining.getAsBoolean()) {
      throw new ProblemException(
          Problem.later(Kind.UNAVAILABLE, "this node is being stopped; use another", 1));
    }
    context.next();
  }

  private void resource(RoutingContext context, String name) {
    context
        .response()
        .putHeader("Content-Type", "application/yaml")
        .sendFile(name)
        .onFailure(context::fail);
  }
}
