package dev.switchboard.api;

import dev.switchboard.auth.Origins;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/**
 * CORS for the routes that browsers call before or instead of a WebSocket. Credentials are tokens
 * and tickets, never cookies, so a foreign page has nothing to abuse.
 */
final class Cors {
  private static final String ALLOWED_HEADERS =
      "Authorization, Content-Type, Cache-Control, Last-Event-ID, X-Request-Id";
  private static final String MAX_AGE_SECONDS = "600";

  private final Origins origins;

  Cors(Origins origins) {
    this.origins = origins;
  }

  /** Lets pages of allowed origins read the response, also a failure; then runs the route. */
  void allow(RoutingContext context) {
    String origin = context.request().getHeader("Origin");
    if (origin != null && origins.allow(origin)) {
      allowOrigin(context.response(), origin);
      context.response().putHeader("Access-Control-Expose-Headers", "Retry-After");
    }
    context.next();
  }

  private static void allowOrigin(HttpServerResponse response, String origin) {
    response.putHeader("Access-Control-Allow-Origin", origin).putHeader("Vary", "Origin");
  }

  /** Answers preflight requests for calls with these methods. */
  Handler<RoutingContext> preflight(String methods) {
    return context -> {
      String origin = context.request().getHeader("Origin");
      if (origin == null) {
        throw ProblemException.badRequest("the header Origin is required");
      }
      if (!origins.allow(origin)) {
        throw ProblemException.forbidden("origin not allowed; see sessions.allowedOrigins");
      }
      allowOrigin(context.response(), origin);
      context
          .response()
          .putHeader("Access-Control-Allow-Methods", methods)
          .putHeader("Access-Control-Allow-Headers", ALLOWED_HEADERS)
          .putHeader("Access-Control-Max-Age", MAX_AGE_SECONDS)
          .setStatusCode(204)
          .end()
          .onFailure(disconnected -> {});
    };
  }
}
