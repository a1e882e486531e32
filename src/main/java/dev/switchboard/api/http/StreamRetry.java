package dev.switchboard.api.http;

import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.edge.StreamBlocks;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/**
 * The answer to a request for an event stream that can't be served now. {@code EventSource} gives
 * up for good at every status but 200, so it gets a stream that says when to come back and ends. A
 * proxy that tries another node says so by {@code X-Proxy-Retries: 503} and gets that status.
 */
final class StreamRetry {
  private static final String PROXY_RETRIES = "X-Proxy-Retries";

  private StreamRetry() {}

  static boolean appliesTo(RoutingContext context, Problem problem) {
    HttpServerRequest request = context.request();
    return problem.kind().status() >= Problem.Kind.INTERNAL.status()
        && request.method().equals(HttpMethod.GET)
        && request.path().equals(StreamBlocks.PATH)
        && !"503".equals(request.getHeader(PROXY_RETRIES));
  }

  static void send(RoutingContext context, Problem problem) {
    StreamBlocks.addHeaders(context.response())
        .end(StreamBlocks.end(CloseReason.NO_CAPACITY, problem.detail()))
        .onFailure(disconnected -> {});
  }
}
