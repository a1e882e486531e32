package dev.switchboard.recovery;

import dev.switchboard.recovery.Truth.Event;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds what one client heard over all its connections against the truth: in order, nothing
 * repeated, nothing missed unless it was told, and no other tenant's event.
 */
public final class Judge {
  private final String name;
  private final Viewer viewer;
  private final Truth truth;
  private final List<String> faults = new ArrayList<>();
  private final Map<String, Long> cursors = new HashMap<>();
  private Wish wish;
  private @Nullable Wish pending;
  private Map<String, Long> pendingAfter = Map.of();

  /** For one client that begins with that wish. */
  public Judge(String name, Viewer viewer, Wish wish, Truth truth) {
    this.name = name;
    this.viewer = viewer;
    this.wish = wish;
    this.truth = truth;
  }

  /** Judges everything heard, in order; answers what is wrong. */
  public List<String> judge(List<Heard> journal) {
    for (Heard heard : journal) {
      int before = faults.size();
      heard.tell(this);
      if (faults.size() > before) {
        break;
      }
    }
    return faults;
  }

  /** One thing in a client's life. */
  public interface Heard {
    /** Judges it. */
    void tell(Judge judge);
  }

  private void fault(String words) {
    faults.add(name + ": " + words + "; known places " + cursors);
  }

  /** A message of the server. */
  public void message(JsonObject message) {
    JsonObject payload =
        message.getValue("payload") instanceof JsonObject object ? object : new JsonObject();
    switch (message.getString("type")) {
      case "connected" -> connected(payload);
      case "subscribed", "unsubscribed" -> confirmed(payload);
      case "resync" -> resync(payload);
      case "pong", "position" -> reached(places(payload));
      case "degraded", "restored" -> {}
      case "error" -> fault("an error: " + message);
      default -> event(message);
    }
  }

  /** The client asks for more or less; from now on until the answer both may count. */
  public void asked(Wish asked) {
    asked(asked, Map.of());
  }

  /** The same, and for new topics from a place that it knows. */
  public void asked(Wish asked, Map<String, Long> after) {
    pending = asked;
    pendingAfter = Map.copyOf(after);
  }

  /** A connection ended; what was asked on it is void. */
  public void left(Wish nextWish) {
    wish = nextWish;
    pending = null;
    pendingAfter = Map.of();
  }

  /** It comes back, and says that it has had everything up to there. */
  public void resumes(Map<String, Long> after) {
    cursors.clear();
    cursors.putAll(after);
  }

  /** Everything it is known to have had. */
  public Map<String, Long> cursors() {
    return Map.copyOf(cursors);
  }

  private void connected(JsonObject payload) {
    Map<String, Long> places = places(payload);
    if (!Boolean.TRUE.equals(payload.getBoolean("recovered"))) {
      cursors.clear();
      cursors.putAll(places);
      return;
    }
    cursors.keySet().retainAll(places.keySet());
    if (!cursors.equals(places)) {
      fault("recovered from " + places);
    }
  }

  /**
   * Up to that position either wish may have counted; from there on the new one does. A topic that
   * could not be taken up where it was asked for begins where the node stands, told a place in it
   * before or not.
   */
  private void confirmed(JsonObject payload) {
    Map<String, Long> places = places(payload);
    Boolean recovered = payload.getBoolean("recovered");
    places.forEach(
        (epoch, offset) -> {
          boolean refused = Boolean.FALSE.equals(recovered) && pendingAfter.containsKey(epoch);
          if (cursors.containsKey(epoch) && !refused) {
            reached(epoch, offset);
          } else {
            enters(epoch, offset, Boolean.TRUE.equals(recovered));
          }
        });
    cursors.keySet().retainAll(places.keySet());
    if (pending != null) {
      wish = pending;
      pending = null;
      pendingAfter = Map.of();
    }
  }

  private void enters(String epoch, long offset, boolean recovered) {
    if (recovered && pendingAfter.getOrDefault(epoch, -1L) != offset) {
      fault("recovered a topic from " + epoch + ":" + offset);
    }
    cursors.put(epoch, offset);
  }

  /** A loss that it is told of; to be told without a loss is a fault as well. */
  private void resync(JsonObject payload) {
    Map<String, Long> places = places(payload);
    if (cursors.equals(places)) {
      fault("told of a loss that was none: " + payload);
    }
    boolean maybeThere = payload.getString("reason").equals("trimmed");
    places.forEach(
        (epoch, offset) -> {
          Long before = cursors.get(epoch);
          if (before != null && !(maybeThere && truth.mayHaveLost(epoch, before))) {
            reached(epoch, offset);
          } else {
            cursors.put(epoch, offset);
          }
        });
    cursors.keySet().retainAll(places.keySet());
  }

  private void reached(Map<String, Long> places) {
    places.forEach(this::reached);
  }

  /** The server says that everything up to there was sent. */
  private void reached(String epoch, long offset) {
    Long before = cursors.get(epoch);
    if (before == null) {
      // Where it asked to take up a topic is its place there until that is decided.
      if (pendingAfter.getOrDefault(epoch, -1L) != offset) {
        fault("another life of a log without a word: " + epoch + ":" + offset);
      }
    } else if (offset < before) {
      fault("the position went back to " + epoch + ":" + offset);
    } else {
      assertNothingMissed(epoch, before, offset);
      cursors.put(epoch, offset);
    }
  }

  private void assertNothingMissed(String epoch, long after, long upTo) {
    for (Event event : truth.between(epoch, after, upTo)) {
      if (viewer.gets(event, wish) && (pending == null || viewer.gets(event, pending))) {
        fault("missed " + event);
        return;
      }
    }
  }

  private void event(JsonObject message) {
    if (!viewer.tenant().equals(message.getString("tenant_id"))) {
      fault("another tenant's event: " + message);
    } else if (isUnwanted(Event.of(message))) {
      fault("an event that it did not want: " + message);
    } else if (message.getString("id") != null) {
      placed(Event.of(message));
    }
  }

  private boolean isUnwanted(Event event) {
    return !viewer.gets(event, wish) && (pending == null || !viewer.gets(event, pending));
  }

  private void placed(Event event) {
    Long before = cursors.get(event.epoch());
    if (before == null) {
      fault("an event of another life of a log without a word: " + event);
    } else if (event.offset() <= before) {
      fault("a repeat, or out of order: " + event);
    } else {
      assertNothingMissed(event.epoch(), before, event.offset() - 1);
      cursors.put(event.epoch(), event.offset());
    }
  }

  /** The position that a message tells, as offsets by epoch. */
  public static Map<String, Long> places(JsonObject payload) {
    Map<String, Long> places = new HashMap<>();
    for (String place : payload.getString("position", "").split("\\.")) {
      int colon = place.indexOf(':');
      if (colon > 0) {
        places.put(place.substring(0, colon), Long.parseLong(place.substring(colon + 1)));
      }
    }
    return places;
  }
}
