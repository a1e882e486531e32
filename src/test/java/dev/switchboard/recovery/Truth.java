package dev.switchboard.recovery;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Every event that is known to be in a log. */
public final class Truth {
  private final Map<String, NavigableMap<Long, Event>> epochs = new HashMap<>();
  private final Map<String, Long> gone = new HashMap<>();
  private final List<String> conflicts = new ArrayList<>();
  private final boolean knowsLosses;

  /**
   * Nothing yet.
   *
   * @param knowsLosses whether {@link #lost} is called for everything that logs lose
   */
  public Truth(boolean knowsLosses) {
    this.knowsLosses = knowsLosses;
  }

  /** An event with its position; a log is known by its epoch, which is unique over all logs. */
  public record Event(
      String epoch,
      long offset,
      @Nullable String eventId,
      String tenant,
      String type,
      @Nullable String topic,
      @Nullable String user,
      @Nullable String chat) {

    /** From an envelope; with an empty epoch if it has no position. */
    public static Event of(JsonObject envelope) {
      String id = envelope.getString("id") == null ? ":0" : envelope.getString("id");
      int colon = id.indexOf(':');
      return new Event(
          id.substring(0, colon),
          Long.parseLong(id.substring(colon + 1)),
          envelope.getString("event_id"),
          envelope.getString("tenant_id"),
          envelope.getString("type"),
          envelope.getString("topic"),
          envelope.getString("user_id"),
          envelope.getString("session_id"));
    }
  }

  /** Records an event of a log. */
  public void learn(Event event) {
    Event known =
        epochs
            .computeIfAbsent(event.epoch(), e -> new TreeMap<>())
            .putIfAbsent(event.offset(), event);
    if (known != null && !known.equals(event)) {
      conflicts.add("two events at one position: " + known + " and " + event);
    }
  }

  /** The log has lost everything up to there. */
  public void lost(String epoch, long upTo) {
    gone.merge(epoch, upTo, Math::max);
  }

  /** Whether what follows that position may be lost. */
  boolean mayHaveLost(String epoch, long after) {
    return !knowsLosses || gone.getOrDefault(epoch, 0L) > after;
  }

  /** Places that two events claim. */
  public List<String> conflicts() {
    return conflicts;
  }

  /** Those of an epoch behind one offset and up to another. */
  Iterable<Event> between(String epoch, long after, long upTo) {
    NavigableMap<Long, Event> log = epochs.get(epoch);
    return log == null || upTo <= after ? List.of() : log.subMap(after, false, upTo, true).values();
  }

  /** How many they are. */
  public int size() {
    return epochs.values().stream().mapToInt(Map::size).sum();
  }
}
