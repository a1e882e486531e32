package dev.switchboard.time;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the failed rounds of one task, and logs each kind of failure once until a round succeeds.
 */
final class TaskFailures {
  private static final Logger log = LoggerFactory.getLogger(RepeatingTask.class);

  private final String task;
  private final Counter counter;
  private final Set<Class<?>> logged = new HashSet<>();

  TaskFailures(String task, MeterRegistry metrics) {
    this.task = task;
    this.counter =
        Counter.builder("switchboard.task.failures")
            .description("Rounds of repeating tasks that failed; the next round follows")
            .tag("task", task)
            .register(metrics);
  }

  synchronized void failed(Throwable failure) {
    counter.increment();
    if (logged.add(failure.getClass())) {
      log.atWarn()
          .addKeyValue("task", task)
          .addKeyValue("reason", String.valueOf(failure.getMessage()))
          .setCause(isExpected(failure) ? null : failure)
          .log("Round of a repeating task failed; the next round follows");
    }
  }

  /** Failures of a store have no stack trace: their reason says everything. */
  private static boolean isExpected(Throwable failure) {
    return failure.getStackTrace().length == 0;
  }

  synchronized void succeeded() {
    if (!logged.isEmpty()) {
      logged.clear();
      log.atInfo().addKeyValue("task", task).log("Repeating task succeeds again");
    }
  }
}
