package dev.switchboard.api;

import dev.switchboard.api.Problem.Kind;
import dev.switchboard.auth.Origins;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/**
 * Lets pages of allowed origins read the answers to what a browser calls before or instead of a
 * socket. No cookie takes part: who calls is proven by a token or ticket alone.
 */
final class Cors {
  private static final String HEADERS =
      "Authorization, Content-Type, Cache-Control, Last-Event-ID, X-Request-Id";
  private static final String SECONDS = "600";

  private final Origins origins;

  Cors(Origins origins) {
    this.origins = origins;
  }

  /** Marks the answer, be it a failure, as readable for the page; then the route runs. */
  void allow(RoutingContext context) {
    String origin = context.request().getHeader("Origin");
    if (origin != null && origins.allow(origin)) {
      mark(context.response(), origin);
      context.response().putHeader("Access-Control-Expose-Headers", "Retry-After");
    }
    context.next();
  }

  private static void mark(HttpServerResponse response, String origin) {
    response.putHeader("Access-Control-Allow-Origin", origin).putHeader("Vary", "Origin");
  }

  /** Answers the browser's question before a call with these methods. */
  Handler<RoutingContext> preflight(String methods) {
    return context -> {
      String origin = context.request().getHeader("Origin");
      if (origin == null) {
        throw Guard.bad("OPTIONS is for browsers; send Origin");
      }
      if (!origins.allow(origin)) {
        throw new ProblemException(
            Problem.of(
                Kind.FORBIDDEN,
                "pages of this origin are not let in; see sessions.allowedOrigins"));
      }
      mark(context.response(), origin);
      context
          .response()
          .putHeader("Access-Control-Allow-Methods", methods)
          .putHeader("Access-Control-Allow-Headers", HEADERS)
          .putHeader("Access-Control-Max-Age", SECONDS)
          .setStatusCode(204)
          .end()
          .onFailure(gone -> {});
    };
  }
}
