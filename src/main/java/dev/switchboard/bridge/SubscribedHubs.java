package dev.switchboard.bridge;

import java.util.HashSet;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * The hubs that follow one log. A hub is open once it was sent the position at which it starts, and
 * gets no events before, which it could mistake for later ones. Belongs to one event loop.
 */
final class SubscribedHubs {
  private final Set<Integer> all = new HashSet<>();
  private final Set<Integer> opening = new HashSet<>();
  private final Set<Integer> open = new HashSet<>();

  /** Adds a hub that is not open, even if it was before. */
  void add(int hub) {
    all.add(hub);
    open.remove(hub);
    opening.add(hub);
  }

  void remove(int hub) {
    all.remove(hub);
    opening.remove(hub);
    open.remove(hub);
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** All hubs that follow the log, open or not. */
  Set<Integer> all() {
    return all;
  }

  /** The hubs that were sent their position. */
  Set<Integer> open() {
    return open;
  }

  /** Opens all hubs that are not open; {@code opened} is called with each of them before. */
  void openAll(IntConsumer opened) {
    opening.forEach(opened::accept);
    open.addAll(opening);
    opening.clear();
  }
}
