package dev.switchboard.api.http;

import dev.switchboard.api.http.Problem.Kind;
import dev.switchboard.postgres.Database;
import dev.switchboard.redis.LimitReachedException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** Sends JSON responses. A client that disconnects meanwhile is not an error. */
public final class JsonResponse {
  private JsonResponse() {}

  public static void send(RoutingContext context, int status, JsonObject json) {
    send(context, status, json.toBuffer());
  }

  public static void send(RoutingContext context, int status, Buffer json) {
    Future<Void> unused = sent(context, status, json);
  }

  /**
   * Sends the result of a store.
   *
   * @param store name of the store in the problem document if it fails
   */
  public static void sendFrom(
      String store, RoutingContext context, int status, Future<Buffer> result) {
    result
        .onSuccess(json -> send(context, status, json))
        .onFailure(failure -> failFrom(store, context, failure));
  }

  /** Answers 204 without a body. */
  public static void sendNoContent(RoutingContext context) {
    context.response().setStatusCode(204).end().onFailure(disconnected -> {});
  }

  /** Answers 503 because a store did not answer or refused, unless the request is at fault. */
  public static void failFrom(String store, RoutingContext context, Throwable failure) {
    if (failure instanceof LimitReachedException reached) {
      context.fail(ProblemException.limitReached(reached.limit()));
    } else if (Database.isUnstorable(failure)) {
      context.fail(ProblemException.badRequest("a value in the request can't be stored"));
    } else if (Database.isTaken(failure)) {
      context.fail(
          ProblemException.of(Kind.CONFLICT, "the id is taken; give another, or try again"));
    } else {
      context.fail(ProblemException.unavailable(store + " is unavailable; try again"));
    }
  }

  /** Completes when the client has received the whole response, or disconnected; never fails. */
  public static Future<Void> sent(RoutingContext context, int status, Buffer json) {
    return context
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .end(json)
        .otherwiseEmpty();
  }
}
