package dev.switchboard.api;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** Sends JSON responses. A client that disconnects meanwhile is not an error. */
final class JsonResponse {
  private JsonResponse() {}

  static void send(RoutingContext context, int status, JsonObject json) {
    send(context, status, json.toBuffer());
  }

  static void send(RoutingContext context, int status, Buffer json) {
    Future<Void> unused = sent(context, status, json);
  }

  /**
   * Sends the result of a store.
   *
   * @param store name of the store in the problem document if it fails
   */
  static void sendFrom(String store, RoutingContext context, int status, Future<Buffer> result) {
    result
        .onSuccess(json -> send(context, status, json))
        .onFailure(failure -> failFrom(store, context));
  }

  /** Answers 204 without a body. */
  static void sendNoContent(RoutingContext context) {
    context.response().setStatusCode(204).end().onFailure(disconnected -> {});
  }

  /** Answers 503 because a store did not answer or refused. */
  static void failFrom(String store, RoutingContext context) {
    context.fail(ProblemException.unavailable(store + " is unavailable; try again"));
  }

  /** Completes when the client has received the whole response, or disconnected; never fails. */
  static Future<Void> sent(RoutingContext context, int status, Buffer json) {
    return context
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .end(json)
        .otherwiseEmpty();
  }
}
