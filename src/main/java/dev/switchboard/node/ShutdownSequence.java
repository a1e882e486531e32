package dev.switchboard.node;

import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be stopped, in the reverse order of how it was started. One failing step does not
 * keep the others from being tried; each is logged with its duration. Usable from every thread.
 */
final class ShutdownSequence {
  private static final Logger log = LoggerFactory.getLogger(ShutdownSequence.class);

  private record Step(String name, Supplier<Future<?>> action) {}

  private final Deque<Step> steps = new ArrayDeque<>();

  synchronized void add(String name, Supplier<Future<?>> action) {
    steps.push(new Step(name, action));
  }

  /**
   * Takes its place in the order now; does nothing if the start fails, waits if it still goes on.
   */
  <T> void addWhenStarted(String name, Future<T> starting, Function<T, Future<?>> action) {
    add(
        name,
        () ->
            starting.transform(
                started ->
                    started.succeeded()
                        ? action.apply(started.result()).mapEmpty()
                        : Future.succeededFuture()));
  }

  private synchronized Step next() {
    return steps.pop();
  }

  private synchronized boolean isDone() {
    return steps.isEmpty();
  }

  /** Runs what is left, one after the other; never fails. */
  Future<Void> run() {
    return isDone() ? Future.succeededFuture() : run(next()).compose(done -> run());
  }

  private static Future<Void> run(Step step) {
    long started = System.nanoTime();
    return attempt(step)
        .transform(
            ended -> {
              long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
              if (ended.failed()) {
                log.atWarn()
                    .addKeyValue("step", step.name())
                    .addKeyValue("millis", millis)
                    .setCause(ended.cause())
                    .log("Stopping failed; going on");
              } else {
                log.atInfo()
                    .addKeyValue("step", step.name())
                    .addKeyValue("millis", millis)
                    .log("Stopped");
              }
              return Future.succeededFuture();
            });
  }

  private static Future<?> attempt(Step step) {
    try {
      return step.action().get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }
}
