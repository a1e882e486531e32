package dev.switchboard.client.session;

import dev.switchboard.client.model.Event;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where to continue from: the last whole position, and behind it the newest id of each log. */
final class Cursor {
  /** The log of events without a topic. */
  private static final String TENANT_LOG = "";

  private String position = "";
  private final Map<String, String> idsByTopic = new LinkedHashMap<>();

  /** A position replaces everything but the ids of topics that it may not speak of yet. */
  void moveTo(String next, Set<String> unconfirmedTopics) {
    position = next;
    idsByTopic.keySet().retainAll(unconfirmedTopics);
  }

  void pass(Event event) {
    String id = event.id();
    if (id != null) {
      String topic = event.topic();
      idsByTopic.put(topic == null ? TENANT_LOG : topic, id);
    }
  }

  String position() {
    return position;
  }

  @Nullable String idOf(String topic) {
    return idsByTopic.get(topic);
  }

  boolean isEmpty() {
    return position.isEmpty() && idsByTopic.isEmpty();
  }

  /** Returns the value of {@code after}: position and ids, separated by commas. */
  String text() {
    Collection<String> ids = idsByTopic.values();
    List<String> parts = new ArrayList<>(ids);
    if (!position.isEmpty()) {
      parts.add(0, position);
    }
    return String.join(",", parts);
  }

  void clear() {
    position = "";
    idsByTopic.clear();
  }
}
