package dev.switchboard.ops;

import dev.switchboard.time.RepeatingTask;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Schedule;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks each store every few seconds whether it answers, so that {@code /health/ready} shows how
 * they stand now. Says so and does nothing about it: whoever needs a store notices by itself.
 */
public final class StoreWatch {
  private static final Schedule SCHEDULE = Schedule.every(Duration.ofSeconds(2));

  private final Health health;
  private final List<RepeatingTask> checks;

  /** Over one question for each store, which must end within a time of its own. */
  public StoreWatch(RepeatingTasks tasks, Health health, Map<String, Supplier<Future<?>>> stores) {
    this.health = health;
    this.checks =
        stores.entrySet().stream()
            .map(
                store ->
                    tasks.task(
                        "store-" + store.getKey(),
                        SCHEDULE,
                        () -> ask(store.getKey(), store.getValue())))
            .toList();
  }

  /** Begins; each store is a task of its own, so that a silent one holds up no other. */
  public void start() {
    for (RepeatingTask check : checks) {
      Future<Void> unused = check.startNow();
    }
  }

  /** No further questions. */
  public void stop() {
    checks.forEach(RepeatingTask::stop);
  }

  private Future<?> ask(String name, Supplier<Future<?>> question) {
    return Future.succeededFuture()
        .compose(go -> question.get().mapEmpty())
        .transform(answer -> note(name, answer.cause()));
  }

  private Future<Void> note(String name, @Nullable Throwable failure) {
    if (failure == null) {
      health.storeUp(name);
    } else {
      health.storeDown(name, String.valueOf(failure.getMessage()));
    }
    return failure == null ? Future.succeededFuture() : Future.failedFuture(failure);
  }
}
