package dev.switchboard.ops;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Asks each store every few seconds whether it answers, so that {@code /health/ready} shows how
 * they stand now. Says so and does nothing about it: whoever needs a store notices by itself.
 */
public final class StoreWatch {
  private static final long PERIOD_MILLIS = 2_000;

  private final Vertx vertx;
  private final Health health;
  private final Map<String, Supplier<Future<?>>> stores;
  private volatile boolean stopped;

  /** Over one question for each store, which must end within a time of its own. */
  public StoreWatch(Vertx vertx, Health health, Map<String, Supplier<Future<?>>> stores) {
    this.vertx = vertx;
    this.health = health;
    this.stores = Map.copyOf(stores);
  }

  /** Begins; each store in its own turn, so that a silent one holds up no other. */
  public void start() {
    stores.forEach(this::ask);
  }

  /** No further questions. */
  public void stop() {
    stopped = true;
  }

  private void ask(String name, Supplier<Future<?>> question) {
    question
        .get()
        .onComplete(
            answer -> {
              health.store(name, answer.succeeded() ? null : words(answer.cause()));
              askLater(name, question);
            });
  }

  private static String words(Throwable failure) {
    return String.valueOf(failure.getMessage());
  }

  private void askLater(String name, Supplier<Future<?>> question) {
    if (stopped) {
      return;
    }
    long unused =
        vertx.setTimer(
            PERIOD_MILLIS,
            fired -> {
              if (!stopped) {
                ask(name, question);
              }
            });
  }
}
