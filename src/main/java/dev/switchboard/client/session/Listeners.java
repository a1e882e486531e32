package dev.switchboard.client.session;

import dev.switchboard.client.model.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Listeners of events by type or pattern. One that throws disturbs no other. Belongs to the
 * client's thread, but for adding and removing.
 */
final class Listeners {
  private final Map<String, List<Consumer<Event>>> byPattern = new HashMap<>();
  private final Consumer<Throwable> report;

  Listeners(Consumer<Throwable> report) {
    this.report = report;
  }

  /** Adds a listener; the result removes it. */
  synchronized Runnable add(String pattern, Consumer<Event> listener) {
    List<Consumer<Event>> listeners =
        byPattern.computeIfAbsent(pattern, missing -> new CopyOnWriteArrayList<>());
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Returns whether at least one listener took the event without throwing. */
  boolean emit(Event event) {
    boolean taken = false;
    for (Consumer<Event> listener : listenersOf(event.type())) {
      taken |= call(listener, event);
    }
    return taken;
  }

  private boolean call(Consumer<Event> listener, Event event) {
    try {
      listener.accept(event);
      return true;
    } catch (RuntimeException failure) {
      report.accept(failure);
      return false;
    }
  }

  /** Those of the type itself, of everything, and of each pattern above the type. */
  private synchronized List<Consumer<Event>> listenersOf(String type) {
    List<Consumer<Event>> listeners = new ArrayList<>(byPattern.getOrDefault(type, List.of()));
    listeners.addAll(byPattern.getOrDefault("*", List.of()));
    for (int dot = type.lastIndexOf('.'); dot > 0; dot = type.lastIndexOf('.', dot - 1)) {
      listeners.addAll(byPattern.getOrDefault(type.substring(0, dot) + ".*", List.of()));
    }
    return listeners;
  }
}
