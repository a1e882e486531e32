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
 * The steps that stop a node, run in the reverse order of their addition. A step that fails does
 * not prevent the others; each is logged with its duration. Usable from every thread.
 */
final class ShutdownSequence {
  private static final Logger log = LoggerFactory.getLogger(ShutdownSequence.class);

  private record Step(String name, Supplier<Future<?>> action) {}

  private final Deque<Step> steps = new ArrayDeque<>();

  /** Adds a step that runs before all those added so far. */
  synchronized void add(String name, Supplier<Future<?>> action) {
    steps.push(new Step(name, action));
  }

  /**
   * Adds a step now for something that is still starting. The step waits for the outcome of {@code
   * starting} and does nothing if that fails.
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

  /** Runs the steps that have not run yet, one after the other; never fails. */
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
                    .log("Shutdown step failed; continuing");
              } else {
                log.atInfo()
                    .addKeyValue("step", step.name())
                    .addKeyValue("millis", millis)
                    .log("Shutdown step done");
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
