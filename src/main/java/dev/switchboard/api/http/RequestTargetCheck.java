package dev.switchboard.api.http;

import dev.switchboard.api.http.Problem.Kind;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests with a malformed target or {@code Host}, or with a repeated field that has one
 * value, before they are routed. Vert.x would answer 500 and log the URL with the ticket in it.
 */
public final class RequestTargetCheck implements Handler<HttpServerRequest> {
  private static final int HEX = 16;

  private final Handler<HttpServerRequest> next;

  public RequestTargetCheck(Handler<HttpServerRequest> next) {
    this.next = next;
  }

  @Override
  public void handle(HttpServerRequest request) {
    String error = error(request);
    if (error == null) {
      next.handle(request);
    } else {
      request
          .response()
          .setStatusCode(Kind.BAD_REQUEST.status())
          .putHeader("Content-Type", "application/problem+json")
          .end(Problem.of(Kind.BAD_REQUEST, error).toJson(UUID.randomUUID().toString()).toBuffer())
          .onFailure(disconnected -> {});
    }
  }

  private static @Nullable String error(HttpServerRequest request) {
    if (request.authority() == null) {
      return "send one Host header: a name or an address, optionally with a port";
    }
    return isWellFormed(request.uri())
        ? SingleFields.fault(request.headers())
        : "a % in the URL must be followed by two hexadecimal digits";
  }

  private static boolean isWellFormed(String uri) {
    for (int i = uri.indexOf('%'); i >= 0; i = uri.indexOf('%', i + 1)) {
      if (i + 2 >= uri.length()
          || Character.digit(uri.charAt(i + 1), HEX) < 0
          || Character.digit(uri.charAt(i + 2), HEX) < 0) {
        return false;
      }
    }
    return true;
  }
}
