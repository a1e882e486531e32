package dev.switchboard.bridge;

import dev.switchboard.event.LogPosition;
import java.util.HashSet;
import java.util.Set;

/**
 * The hubs that want one log. A hub opens when it is told the place where the log begins for it,
 * and hears nothing before: it may still take what it was told earlier for this answer. Belongs to
 * one event loop.
 */
final class SubscribedHubs {
  private final Set<Integer> wanting = new HashSet<>();
  private final Set<Integer> opening = new HashSet<>();
  private final Set<Integer> open = new HashSet<>();

  /** Tells a hub its place. */
  interface Opening {
    void opened(int hub, LogPosition place);
  }

  /** A hub wants the log, perhaps anew. */
  void add(int hub) {
    wanting.add(hub);
    open.remove(hub);
    opening.add(hub);
  }

  void remove(int hub) {
    wanting.remove(hub);
    opening.remove(hub);
    open.remove(hub);
  }

  boolean isEmpty() {
    return wanting.isEmpty();
  }

  /** All that want it, told or not. */
  Set<Integer> wanting() {
    return wanting;
  }

  /** Those that were told their place. */
  Set<Integer> open() {
    return open;
  }

  /** Opens those that were not told yet. */
  void openAll(LogPosition place, Opening tell) {
    opening.forEach(hub -> tell.opened(hub, place));
    open.addAll(opening);
    opening.clear();
  }
}
