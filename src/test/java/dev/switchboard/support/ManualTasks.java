package dev.switchboard.support;

import dev.switchboard.time.RepeatingTasks;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Random;

/** Repeating tasks whose rounds begin when a test says so, and what is counted of them. */
public final class ManualTasks {
  private final ManualLoop loop = new ManualLoop();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final RepeatingTasks tasks =
      new RepeatingTasks(loop, metrics, System::nanoTime, new Random(1));

  /** For the owner under test. */
  public RepeatingTasks tasks() {
    return tasks;
  }

  /** Begins every round that waits; false if none does. */
  public boolean ring() {
    return loop.ring(Long.MAX_VALUE);
  }

  /** How many rounds wait for their time. */
  public int waiting() {
    return loop.alarms().size();
  }

  /** Failed rounds of a task. */
  public double failures(String task) {
    return metrics.counter("switchboard.task.failures", "task", task).count();
  }
}
