package dev.switchboard.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Retries an action of the start that may have failed only because this process, or a store that
 * starts at the same time, was slow: on a busy machine, loading classes alone can take longer than
 * a command's timeout.
 */
final class StartupRetry {
  private static final int MAX_ATTEMPTS = 5;
  private static final long PAUSE_MILLIS = 500;

  private final Vertx vertx;
  private final Predicate<Throwable> unreachable;
  private final Duration patience;
  private final Consumer<Throwable> waiting;

  private StartupRetry(
      Vertx vertx,
      Predicate<Throwable> unreachable,
      Duration patience,
      Consumer<Throwable> waiting) {
    this.vertx = vertx;
    this.unreachable = unreachable;
    this.patience = patience;
    this.waiting = waiting;
  }

  /** Runs {@code action} up to five times; returns its first success or its last failure. */
  static <T> Future<T> of(Vertx vertx, Supplier<Future<T>> action) {
    return new StartupRetry(vertx, failure -> false, Duration.ZERO, failure -> {}).run(action);
  }

  /**
   * A retry that continues for {@code patience} as long as the store is {@code unreachable}.
   *
   * @param waiting called once, with the first such failure
   */
  static StartupRetry whileUnreachable(
      Vertx vertx,
      Predicate<Throwable> unreachable,
      Duration patience,
      Consumer<Throwable> waiting) {
    return new StartupRetry(vertx, unreachable, patience, waiting);
  }

  /** Runs {@code action}; returns its first success or its last failure. */
  <T> Future<T> run(Supplier<Future<T>> action) {
    return action
        .get()
        .recover(
            failure -> {
              if (unreachable.test(failure)) {
                waiting.accept(failure);
              }
              return again(action, failure, 1, System.nanoTime() + patience.toNanos());
            });
  }

  /** Follows {@code attempts} that failed, the last one with {@code failure}. */
  private <T> Future<T> again(
      Supplier<Future<T>> action, Throwable failure, int attempts, long deadline) {
    boolean waits = unreachable.test(failure) && System.nanoTime() - deadline < 0;
    if (!waits && attempts >= MAX_ATTEMPTS) {
      return Future.failedFuture(failure);
    }
    return vertx
        .timer(PAUSE_MILLIS)
        .compose(paused -> action.get())
        .recover(next -> again(action, next, attempts + 1, deadline));
  }
}
