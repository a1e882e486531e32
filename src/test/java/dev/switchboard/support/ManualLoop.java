package dev.switchboard.support;

import dev.switchboard.time.LoopScheduler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * An event loop whose turns are taken, and whose alarms ring, when a test says so. Usable from
 * every thread.
 */
public final class ManualLoop implements LoopScheduler {
  private final Deque<Runnable> turns = new ArrayDeque<>();
  private final List<Alarm> alarms = new ArrayList<>();

  private record Alarm(long millis, Runnable action) {}

  @Override
  public synchronized void next(Runnable action) {
    turns.add(action);
  }

  @Override
  public synchronized Timer after(long millis, Runnable action) {
    Alarm alarm = new Alarm(millis, action);
    alarms.add(alarm);
    return () -> cancel(alarm);
  }

  private synchronized void cancel(Alarm alarm) {
    boolean unused = alarms.remove(alarm);
  }

  /** The times, in milliseconds, of the alarms that are set. */
  public synchronized List<Long> alarms() {
    return alarms.stream().map(Alarm::millis).toList();
  }

  /** Takes up to that many turns. */
  public boolean take(int most) {
    boolean any = false;
    for (int i = 0; i < most && !turns.isEmpty(); i++) {
      any = true;
      turns.remove().run();
    }
    return any;
  }

  /** Rings the alarms that were set for no more than that time. */
  public boolean ring(long millis) {
    List<Alarm> due = takeDue(millis);
    due.forEach(alarm -> alarm.action().run());
    return !due.isEmpty();
  }

  private synchronized List<Alarm> takeDue(long millis) {
    List<Alarm> due = alarms.stream().filter(alarm -> alarm.millis() <= millis).toList();
    alarms.removeAll(due);
    return due;
  }
}
