package dev.switchboard.support;

import dev.switchboard.bus.Turns;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** An event loop whose turns are taken, and whose alarms ring, when a test says so. */
public final class ManualLoop implements Turns {
  private final Deque<Runnable> turns = new ArrayDeque<>();
  private final List<Alarm> alarms = new ArrayList<>();

  private record Alarm(long millis, Runnable action) {}

  @Override
  public void next(Runnable action) {
    turns.add(action);
  }

  @Override
  public void after(long millis, Runnable action) {
    alarms.add(new Alarm(millis, action));
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
    List<Alarm> due = alarms.stream().filter(alarm -> alarm.millis() <= millis).toList();
    alarms.removeAll(due);
    due.forEach(alarm -> alarm.action().run());
    return !due.isEmpty();
  }
}
