package dev.switchboard.client.session;

import dev.switchboard.client.platform.Loop;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Queue;

/** A loop whose clock moves only when a test moves it. */
final class ManualClientLoop implements Loop {
  private final double random;
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final Queue<Due> timers =
      new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::number));
  private long now = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
  private long count;
  private boolean running;

  private record Due(long at, long number, Runnable task) {}

  /** Every random number is {@code random}. */
  ManualClientLoop(double random) {
    this.random = random;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public Timer schedule(long delayMillis, Runnable task) {
    Due due = new Due(now + Math.max(0, delayMillis), count++, task);
    timers.add(due);
    return () -> timers.remove(due);
  }

  @Override
  public long now() {
    return now;
  }

  @Override
  public double random() {
    return random;
  }

  /** Runs all tasks, and those that they cause. */
  void settle() {
    if (running) {
      return;
    }
    running = true;
    while (!tasks.isEmpty()) {
      tasks.poll().run();
    }
    running = false;
  }

  /** Moves the time, and runs each timer at its moment. */
  void advance(long millis) {
    long end = now + millis;
    settle();
    while (!timers.isEmpty() && timers.peek().at() <= end) {
      Due due = timers.poll();
      now = Math.max(now, due.at());
      due.task().run();
      settle();
    }
    now = end;
  }

  /** Moves the time as a sleeping machine does: timers run late, all at the end. */
  void sleep(long millis) {
    now += millis;
    advance(0);
  }
}
