package dev.switchboard.api;

import dev.switchboard.api.http.AllowedMethods;
import dev.switchboard.api.http.BodyCoding;
import dev.switchboard.api.http.Cors;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.ProblemHandler;
import dev.switchboard.api.http.RefusalRecorder;
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
  private final Rules rules;
  private final List<RouteGroup> routeGroups;

  /**
   * What holds for all requests.
   *
   * @param draining whether all requests are refused; preflight requests are still answered, so
   *     that pages can read the refusal
   * @param refusals remembers what was refused
   * @param meters measures every request
   */
  public record Rules(
      Cors cors, BooleanSupplier draining, RefusalRecorder refusals, RequestMeters meters) {}

  /** Serves these routes. */
  public Api(Vertx vertx, Guard guard, Rules rules, List<RouteGroup> routeGroups) {
    this.vertx = vertx;
    this.guard = guard;
    this.rules = rules;
    this.routeGroups = List.copyOf(routeGroups);
  }

  /** Returns the handler for all requests of the client port. */
  public Handler<HttpServerRequest> routes() {
    return new RequestTargetCheck(router());
  }

  Router router() {
    Router router = Router.router(vertx);
    ProblemHandler problems = new ProblemHandler(rules.refusals());
    Handler<RoutingContext> failures =
        context -> {
          if (context.statusCode() == 405) {
            AllowedMethods.addHeader(context, router);
          }
          problems.handle(context);
        };
    router.route().failureHandler(failures);
    for (int status : new int[] {404, 405, 413, 415}) {
      router.errorHandler(status, failures);
    }
    router.route().handler(rules.meters());
    router.route().handler(rules.cors()::allow);
    router
        .route()
        .method(HttpMethod.OPTIONS)
        .handler(
            context ->
                rules
                    .cors()
                    .preflight(context, AllowedMethods.of(context.request().path(), router)));
    router.route().handler(this::refuseWhileDraining);
    router.route().handler(BodyCoding::check);
    router.get("/openapi.yaml").handler(context -> sendFile(context, "openapi.yaml"));
    router.get("/asyncapi.yaml").handler(context -> sendFile(context, "asyncapi.yaml"));
    routeGroups.forEach(group -> group.mount(router, guard));
    router.getRoutes().forEach(Api::answerHead);
    rules.meters().nameRoutes(router);
    return router;
  }

  /** Every GET route answers HEAD as well; the server leaves out the body. */
  private static void answerHead(Route route) {
    if (route.methods() != null && route.methods().contains(HttpMethod.GET)) {
      Route unused = route.method(HttpMethod.HEAD);
    }
  }

  private void refuseWhileDraining(RoutingContext context) {
    if (rules.draining().getAsBoolean()) {
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
