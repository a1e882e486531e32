package dev.switchboard.api.http;

import dev.switchboard.auth.Origins;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/**
 * CORS for every call that a browser may make with a user's token. Credentials are tokens and
 * tickets, never cookies, so a page of another origin gains nothing that its token does not give.
 */
public final class Cors {
  /** Headers that the API reads, and those that tracing libraries add to each request. */
  private static final String ALLOWED_HEADERS =
      "Authorization, Content-Type, Cache-Control, Last-Event-ID, X-Request-Id, Idempotency-Key,"
          + " ce-specversion, ce-id, ce-source, ce-type, ce-time, ce-subject, ce-tenantid,"
          + " ce-topic, ce-sessionid, ce-offline, ce-dataschema,"
          + " traceparent, tracestate, baggage, b3, X-B3-TraceId, X-B3-SpanId,"
          + " X-B3-ParentSpanId, X-B3-Sampled, sentry-trace, X-Requested-With";

  private static final String EXPOSED_HEADERS =
      "Retry-After, RateLimit, RateLimit-Policy, Location";
  private static final String MAX_AGE_SECONDS = "600";

  private final Origins origins;

  /** Allows pages of these {@code origins}. */
  public Cors(Origins origins) {
    this.origins = origins;
  }

  /** Whether the path is a call of the API; sockets and public files need no CORS. */
  static boolean covers(String path) {
    return path.startsWith("/api/v1/")
        || (path.startsWith("/ws/") && !path.startsWith("/ws/public/"));
  }

  /** Allows pages of allowed origins to read the response, also a failure; runs the route. */
  public void allow(RoutingContext context) {
    String origin = context.request().getHeader("Origin");
    if (origin != null && covers(context.request().path()) && origins.allow(origin)) {
      allowOrigin(context.response(), origin);
      context.response().putHeader("Access-Control-Expose-Headers", EXPOSED_HEADERS);
    }
    context.next();
  }

  private static void allowOrigin(HttpServerResponse response, String origin) {
    response.putHeader("Access-Control-Allow-Origin", origin).putHeader("Vary", "Origin");
  }

  /**
   * Answers a preflight request, and any other OPTIONS with the header {@code Allow}.
   *
   * @param methods methods of the requested path; without any, the next handler runs
   */
  public void preflight(RoutingContext context, Set<String> methods) {
    if (methods.isEmpty() || !covers(context.request().path())) {
      context.next();
      return;
    }
    String joined = String.join(", ", methods);
    String origin = context.request().getHeader("Origin");
    HttpServerResponse response = context.response().putHeader("Allow", joined);
    if (origin != null) {
      if (!origins.allow(origin)) {
        throw ProblemException.forbidden("origin not allowed; see sessions.allowedOrigins");
      }
      allowOrigin(response, origin);
      response
          .putHeader("Access-Control-Allow-Methods", joined)
          .putHeader("Access-Control-Allow-Headers", ALLOWED_HEADERS)
          .putHeader("Access-Control-Max-Age", MAX_AGE_SECONDS);
    }
    response.setStatusCode(204).end().onFailure(disconnected -> {});
  }
}
