package dev.switchboard.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** Sends JSON; a client that left meanwhile is nobody's fault. */
final class JsonResponse {
  private JsonResponse() {}

  static void send(RoutingContext context, int status, JsonObject json) {
    send(context, status, json.toBuffer());
  }

  static void send(RoutingContext context, int status, Buffer json) {
    context
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .end(json)
        .onFailure(gone -> {});
  }
}
