package dev.switchboard.api;

import dev.switchboard.api.Problem.Kind;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests whose address can't be read, before anything is routed by it. The library would
 * fail half way, call that a mistake of the server, and log the address with the ticket in it.
 */
final class RequestTargetCheck implements Handler<HttpServerRequest> {
  private static final int HEX = 16;

  private final Handler<HttpServerRequest> behind;

  RequestTargetCheck(Handler<HttpServerRequest> behind) {
    this.behind = behind;
  }

  @Override
  public void handle(HttpServerRequest request) {
    String fault = fault(request);
    if (fault == null) {
      behind.handle(request);
    } else {
      request
          .response()
          .setStatusCode(Kind.BAD_REQUEST.status())
          .putHeader("Content-Type", "application/problem+json")
          .end(Problem.of(Kind.BAD_REQUEST, fault).toJson(UUID.randomUUID().toString()).toBuffer())
          .onFailure(gone -> {});
    }
  }

  private static @Nullable String fault(HttpServerRequest request) {
    if (request.authority() == null) {
      return "send one Host header, a name or an address and perhaps a port";
    }
    return isReadable(request.uri())
        ? null
        : "a % in the address must be followed by two hexadecimal digits";
  }

  private static boolean isReadable(String uri) {
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
