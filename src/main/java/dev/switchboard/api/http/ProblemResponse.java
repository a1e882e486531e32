package dev.switchboard.api.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** Answers requests with problem documents, and with the header fields that a status requires. */
final class ProblemResponse {
  private ProblemResponse() {}

  /** Sends {@code problem}, unless a response has begun. */
  static void send(HttpServerRequest request, Problem problem) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.headWritten()) {
      return;
    }
    response.setStatusCode(problem.kind().status());
    response.putHeader("Content-Type", "application/problem+json");
    if (problem.retryAfterSeconds() > 0) {
      response.putHeader("Retry-After", Integer.toString(problem.retryAfterSeconds()));
    }
    addFieldsOf(problem.kind(), response);
    String id = RequestId.of(request.getHeader("X-Request-Id"));
    response.end(problem.toJson(id).toBuffer()).onFailure(disconnected -> {});
  }

  private static void addFieldsOf(Problem.Kind kind, HttpServerResponse response) {
    switch (kind) {
      case UNAUTHENTICATED -> response.putHeader("WWW-Authenticate", "Bearer");
      case UNSUPPORTED_CODING -> response.putHeader("Accept-Encoding", "identity");
      case UPGRADE_REQUIRED ->
          response
              .putHeader("Connection", "Upgrade")
              .putHeader("Upgrade", "websocket")
              .putHeader("Sec-WebSocket-Version", "13");
      default -> {
        // The others require none.
      }
    }
  }
}
