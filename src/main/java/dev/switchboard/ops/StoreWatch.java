package dev.switchboard.ops;

import dev.switchboard.event.Reason;
import dev.switchboard.time.RepeatingTask;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Schedule;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Checks every two seconds whether each store answers, so that {@code /health/ready} shows its
 * current state. Only reports: code that uses a store handles its outage itself.
 */
public final class StoreWatch {
  private static final Schedule SCHEDULE = Schedule.every(Duration.ofSeconds(2));

  private final Health health;
  private final List<RepeatingTask> checks;

  /**
   * Creates a watch that is not started yet.
   *
   * @param stores the check of each store by its name; each must have a timeout of its own, and
   *     returns what is wrong with a store that answers
   */
  public StoreWatch(
      RepeatingTasks tasks, Health health, Map<String, Supplier<Future<Optional<String>>>> stores) {
    this.health = health;
    this.checks =
        stores.entrySet().stream()
            .map(
                store ->
                    tasks.task(
                        "store-" + store.getKey(),
                        SCHEDULE,
                        () -> check(store.getKey(), store.getValue())))
            .toList();
  }

  /** Starts one task for each store, so that a store that hangs does not delay the others. */
  public void start() {
    for (RepeatingTask check : checks) {
      Future<Void> unused = check.startNow();
    }
  }

  /** Starts no further checks. */
  public void stop() {
    checks.forEach(RepeatingTask::stop);
  }

  private Future<?> check(String name, Supplier<Future<Optional<String>>> query) {
    return Future.succeededFuture()
        .compose(go -> query.get())
        .onSuccess(problem -> answered(name, problem))
        .onFailure(failure -> health.storeDown(name, Reason.of(failure)));
  }

  private void answered(String name, Optional<String> problem) {
    problem.ifPresentOrElse(what -> health.storeDegraded(name, what), () -> health.storeUp(name));
  }
}
