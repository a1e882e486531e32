package dev.switchboard.api.http;

import dev.switchboard.api.http.Problem.Kind;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/** Refuses bodies with a content coding: none is supported, and coded bytes would be misread. */
public final class BodyCoding {
  private BodyCoding() {}

  /** Runs the next handler, unless the request has a body with a coding. */
  public static void check(RoutingContext context) {
    if (hasBody(context.request()) && isCoded(context.request())) {
      throw ProblemException.of(
          Kind.UNSUPPORTED_CODING, "send the body as it is, without Content-Encoding");
    }
    context.next();
  }

  private static boolean hasBody(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
        || (length != null && !length.equals("0"));
  }

  private static boolean isCoded(HttpServerRequest request) {
    return request.headers().contains(HttpHeaders.CONTENT_ENCODING)
        && request.headers().getAll(HttpHeaders.CONTENT_ENCODING).stream()
            .anyMatch(coding -> !coding.isBlank() && !coding.strip().equalsIgnoreCase("identity"));
  }
}
