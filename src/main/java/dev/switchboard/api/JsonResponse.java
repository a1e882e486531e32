package dev.switchboard.api;

import io.vertx.core.Future;
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
    Future<Void> unused = sent(context, status, json);
  }

  /** Ends when the client has taken it all, or left; never fails. */
  static Future<Void> sent(RoutingContext context, int status, Buffer json) {
    return context
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .end(json)
        .otherwiseEmpty();
  }
}
