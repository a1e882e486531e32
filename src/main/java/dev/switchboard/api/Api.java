package dev.switchboard.api;

import dev.switchboard.api.http.AllowedMethods;
import dev.switchboard.api.http.BodyCoding;
import dev.switchboard.api.http.Cors;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.ProblemHandler;
import dev.switchboard.api.http.RequestMeters;
import dev.switchboard.api.http.RequestTargetCheck;
import dev.switchboard.api.http.RouteGroup;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The routes of the client port; one per event loop. */
public final class Api {
  private final Vertx vertx;
  private final Guard guard;
  private final Cors cors;
  private final List<RouteGroup> routeGroups;
  private final BooleanSupplier draining;
  private final RequestMeters meters;

  /**
   * Serves these routes.
   *
   * @param draining whether all requests are refused; preflight requests are still answered, so
   *     that pages can read the refusal
   */
  public Api(
      Vertx vertx,
      Guard guard,
      Cors cors,
      List<RouteGroup> routeGroups,
      BooleanSupplier draining,
      RequestMeters meters) {
    this.vertx = vertx;
    this.guard = guard;
    this.cors = cors;
    this.routeGroups = List.copyOf(routeGroups);
    this.draining = draining;
    this.meters = meters;
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
    router.route().handler(meters);
    router.route().handler(cors::allow);
    router
        .route()
        .method(HttpMethod.OPTIONS)
        .handler(
            context ->
                cors.preflight(context, AllowedMethods.of(context.request().path(), router)));
    router.route().handler(this::refuseWhileDraining);
    router.route().handler(BodyCoding::check);
    router.get("/openapi.yaml").handler(context -> sendFile(context, "openapi.yaml"));
    router.get("/asyncapi.yaml").handler(context -> sendFile(context, "asyncapi.yaml"));
    routeGroups.forEach(group -> group.mount(router, guard));
    router.getRoutes().forEach(Api::answerHead);
    meters.nameRoutes(router);
    return router;
  }

  /** Whatever can be read answers HEAD as well; the server leaves out the body. */
  private static void answerHead(Route route) {
    if (route.methods() != null && route.methods().contains(HttpMethod.GET)) {
      Route unused = route.method(HttpMethod.HEAD);
    }
  }

  private void refuseWhileDraining(RoutingContext context) {
    if (draining.getAsBoolean()) {
      throw ProblemException.unavailable("this node is shutting down; use another");
    }
    context.next();
  }

  private void sendFile(RoutingContext context, String name) {
    HttpServerResponse response = context.response().putHeader("Content-Type", "application/yaml");
    (context.request().method().equals(HttpMethod.HEAD) ? response.end() : response.sendFile(name))
        .onFailure(context::fail);
  }
}
