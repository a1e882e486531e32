package dev.switchboard.api.http;

import dev.switchboard.auth.Origins;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * CORS for every call that a browser may make with a user's token. Credentials are tokens and
 * tickets, never cookies, so a page of another origin gains nothing that its token does not give.
 */
public final class Cors {
  /** Headers that the API reads. */
  private static final List<String> OWN_HEADERS =
      List.of(
          "Authorization",
          "Content-Type",
          "Cache-Control",
          "Last-Event-ID",
          "X-Request-Id",
          "Idempotency-Key",
          "If-Match",
          "ce-specversion",
          "ce-id",
          "ce-source",
          "ce-type",
          "ce-time",
          "ce-subject",
          "ce-tenantid",
          "ce-topic",
          "ce-sessionid",
          "ce-offline",
          "ce-dataschema");

  private static final String EXPOSED_HEADERS =
      "Retry-After, RateLimit, RateLimit-Policy, Location";
  private static final String MAX_AGE_SECONDS = "600";

  private final Origins origins;
  private final String allowedHeaders;

  /** Allows pages of these {@code origins} the headers of the API and {@code more}. */
  public Cors(Origins origins, List<String> more) {
    this.origins = origins;
    this.allowedHeaders =
        Stream.concat(OWN_HEADERS.stream(), more.stream()).collect(Collectors.joining(", "));
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
          .putHeader("Access-Control-Allow-Headers", allowedHeaders)
          .putHeader("Access-Control-Max-Age", MAX_AGE_SECONDS);
    }
    response.setStatusCode(204).end().onFailure(disconnected -> {});
  }
}
