package dev.switchboard.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/**
 * Retries an action of the start that may have failed only because this process, or a store that
 * starts at the same time, was slow: on a busy machine, loading classes alone can take longer than
 * a command's timeout.
 */
final class StartupRetry {
  private static final int MAX_ATTEMPTS = 5;
  private static final long PAUSE_MILLIS = 500;

  private StartupRetry() {}

  /** Runs {@code action} up to five times; returns its first success or its last failure. */
  static <T> Future<T> of(Vertx vertx, Supplier<Future<T>> action) {
    return attempt(vertx, action, MAX_ATTEMPTS);
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
