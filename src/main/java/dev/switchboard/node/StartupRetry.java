package dev.switchboard.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/**
 * Tries again what may have failed only because this process, or a store that starts beside it, was
 * slow: on a busy machine the loading of classes alone can outlast a command's timeout.
 */
final class StartupRetry {
  private static final int TRIES = 5;
  private static final long PAUSE_MILLIS = 500;

  private StartupRetry() {}

  /** The first success, or the last failure. */
  static <T> Future<T> of(Vertx vertx, Supplier<Future<T>> action) {
    return attempt(vertx, action, TRIES);
  }

  private static <T> Future<T> attempt(Vertx vertx, Supplier<Future<T>> action, int left) {
    return action
        .get()
        .recover(
            failure ->
                left <= 1
                    ? Future.failedFuture(failure)
                    : vertx
                        .timer(PAUSE_MILLIS)
                        .compose(waited -> attempt(vertx, action, left - 1)));
  }
}
