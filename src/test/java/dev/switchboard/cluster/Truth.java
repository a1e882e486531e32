package dev.switchboard.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Every event that is known to stand in a log, from answers to producers and from all sessions. */
final class Truth {
  private final Map<String, NavigableMap<Long, Event>> epochs = new HashMap<>();
  private final List<String> conflicts = new ArrayList<>();

  /** An event in its place; a log is known by its epoch, which is unique over all logs. */
  record Event(
      String epoch,
      long offset,
      String eventId,
      String tenant,
      String type,
      @Nullable String topic) {

    static Event at(String id, String eventId, String tenant, String type, @Nullable String topic) {
      int colon = id.indexOf(':');
      return new Event(
          id.substring(0, colon),
          Long.parseLong(id.substring(colon + 1)),
          eventId,
          tenant,
          type,
          topic);
    }
  }

  void learn(Event event) {
    Event known =
        epochs
            .computeIfAbsent(event.epoch(), e -> new TreeMap<>())
            .putIfAbsent(event.offset(), event);
    if (known != null && !known.equals(event)) {
      conflicts.add("two events in one place: " + known + " and " + event);
    }
  }

  /** Places that two events claim. */
  List<String> conflicts() {
    return conflicts;
  }

  /** Those of an epoch behind one offset and up to another. */
  Iterable<Event> between(String epoch, long after, long upTo) {
    NavigableMap<Long, Event> log = epochs.get(epoch);
    return log == null || upTo <= after ? List.of() : log.subMap(after, false, upTo, true).values();
  }

  int size() {
    return epochs.values().stream().mapToInt(Map::size).sum();
  }
}
