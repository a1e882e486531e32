package dev.switchboard.api;

import dev.switchboard.api.Problem.Kind;
import dev.switchboard.config.SwitchboardConfig.Http;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/**
 * Bounds the memory that the bodies of all requests take of one event loop, from the moment they
 * are let in until they are answered, and the time a body may take to come. Belongs to that loop.
 */
final class BodyGate {
  private static final String ADMITTED = "body admitted";

  private final Vertx vertx;
  private final Duration patience;
  private final long most;
  private long taken;

  BodyGate(Vertx vertx, Http config) {
    this.vertx = vertx;
    this.patience = config.bodyTimeout();
    this.most = config.bodyMemory().bytes();
  }

  /**
   * Lets a request pass whose body is about to be read; one alone always may.
   *
   * @param longest bytes that are set aside for a body that does not say how long it will be
   */
  void admit(RoutingContext context, int longest) {
    long size = size(context.request(), longest);
    if (taken > 0 && taken + size > most) {
      throw new ProblemException(
          Problem.later(
              Kind.UNAVAILABLE, "this node has too many bodies in its memory; send it again", 1));
    }
    taken += size;
    context.put(ADMITTED, true);
    long timer = vertx.setTimer(patience.toMillis(), now -> endIfUnfinished(context));
    context.addEndHandler(
        answered -> {
          taken -= size;
          boolean unused = vertx.cancelTimer(timer);
        });
    context.next();
  }

  /** Whether a body that was let in has not come whole. */
  static boolean isComing(RoutingContext context) {
    return context.get(ADMITTED) != null && !context.request().isEnded();
  }

  private static long size(HttpServerRequest request, int longest) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length == null) {
      return request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null ? 0 : longest;
    }
    return Math.min(Long.parseLong(length), longest);
  }

  private void endIfUnfinished(RoutingContext context) {
    if (context.request().isEnded()) {
      return;
    }
    context.addEndHandler(answered -> context.request().connection().close().onFailure(gone -> {}));
    context.fail(
        new ProblemException(
            Problem.of(
                Kind.REQUEST_TIMEOUT,
                "the body did not come whole within " + patience.toSeconds() + " s")));
  }
}
