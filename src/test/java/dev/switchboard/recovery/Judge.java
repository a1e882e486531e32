package dev.switchboard.recovery;

import dev.switchboard.recovery.Truth.Event;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares what one client received over all its connections with the truth: in order, nothing
 * repeated, nothing missed without a message that says so, and no other tenant's event.
 */
public final class Judge {
  private final String name;
  private final Viewer viewer;
  private final Truth truth;
  private final List<String> faults = new ArrayList<>();
  private final Map<String, Long> cursors = new HashMap<>();
  private SubscriptionSet wanted;
  private @Nullable SubscriptionSet pending;
  private Map<String, Long> pendingAfter = Map.of();

  /** Judges one client that begins with {@code wanted}. */
  public Judge(String name, Viewer viewer, SubscriptionSet wanted, Truth truth) {
    this.name = name;
    this.viewer = viewer;
    this.wanted = wanted;
    this.truth = truth;
  }

  /** Judges everything heard, in order; answers what is wrong. */
  public List<String> judge(List<Heard> journal) {
    for (Heard heard : journal) {
      int before = faults.size();
      heard.reportTo(this);
      if (faults.size() > before) {
        break;
      }
    }
    return faults;
  }

  /** One thing in a client's life. */
  public interface Heard {
    /** Judges it. */
    void reportTo(Judge judge);
  }

  private void fault(String detail) {
    faults.add(name + ": " + detail + "; known positions " + cursors);
  }

  /** A message of the server. */
  public void message(JsonObject message) {
    JsonObject payload =
        message.getValue("payload") instanceof JsonObject object ? object : new JsonObject();
    switch (message.getString("type")) {
      case "connected" -> connected(payload);
      case "subscribed", "unsubscribed" -> confirmed(payload);
      case "resync" -> resync(payload);
      case "pong", "position" -> reached(positions(payload));
      case "degraded", "restored" -> {}
      case "error" -> fault("an error: " + message);
      default -> event(message);
    }
  }

  /** The client asks for more or less; from now on until the answer both may count. */
  public void asked(SubscriptionSet asked) {
    asked(asked, Map.of());
  }

  /** The same, and for new topics from a position that it knows. */
  public void asked(SubscriptionSet asked, Map<String, Long> after) {
    pending = asked;
    pendingAfter = Map.copyOf(after);
  }

  /** A connection ended; what was asked on it is void. */
  public void left(SubscriptionSet next) {
    wanted = next;
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
    Map<String, Long> positions = positions(payload);
    if (!Boolean.TRUE.equals(payload.getBoolean("recovered"))) {
      cursors.clear();
      cursors.putAll(positions);
      return;
    }
    cursors.keySet().retainAll(positions.keySet());
    if (!cursors.equals(positions)) {
      fault("recovered from " + positions);
    }
  }

  /**
   * Up to that position either set may have counted; from there on the new one does. A topic that
   * could not be resumed where it was asked for begins at the node's position, whether or not a
   * position in it was sent before.
   */
  private void confirmed(JsonObject payload) {
    Map<String, Long> positions = positions(payload);
    Boolean recovered = payload.getBoolean("recovered");
    positions.forEach(
        (epoch, offset) -> {
          boolean refused = Boolean.FALSE.equals(recovered) && pendingAfter.containsKey(epoch);
          if (cursors.containsKey(epoch) && !refused) {
            reached(epoch, offset);
          } else {
            enters(epoch, offset, Boolean.TRUE.equals(recovered));
          }
        });
    cursors.keySet().retainAll(positions.keySet());
    if (pending != null) {
      wanted = pending;
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

  /** The client is notified of a loss; a message without a loss is a fault as well. */
  private void resync(JsonObject payload) {
    Map<String, Long> positions = positions(payload);
    if (cursors.equals(positions)) {
      fault("false report of a loss: " + payload);
    }
    boolean maybeThere = payload.getString("reason").equals("trimmed");
    boolean allKnown = positions.keySet().stream().allMatch(this::isKnown);
    boolean nothingEnded = positions.keySet().equals(cursors.keySet());
    if (maybeThere ? !allKnown : nothingEnded) {
      fault("the wrong reason of a loss: " + payload);
    }
    positions.forEach(
        (epoch, offset) -> {
          Long before = cursors.get(epoch);
          if (before != null && !(maybeThere && truth.mayHaveLost(epoch, before))) {
            reached(epoch, offset);
          } else {
            cursors.put(epoch, offset);
          }
        });
    cursors.keySet().retainAll(positions.keySet());
  }

  private boolean isKnown(String epoch) {
    return cursors.containsKey(epoch) || pendingAfter.containsKey(epoch);
  }

  private void reached(Map<String, Long> positions) {
    positions.forEach(this::reached);
  }

  /** The server says that everything up to there was sent. */
  private void reached(String epoch, long offset) {
    Long before = cursors.get(epoch);
    if (before == null) {
      // The position it asked to resume from is its position there until that is decided.
      if (pendingAfter.getOrDefault(epoch, -1L) != offset) {
        fault("another epoch of a log without a message: " + epoch + ":" + offset);
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
      if (viewer.gets(event, wanted) && (pending == null || viewer.gets(event, pending))) {
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
      withPosition(Event.of(message));
    }
  }

  private boolean isUnwanted(Event event) {
    return !viewer.gets(event, wanted) && (pending == null || !viewer.gets(event, pending));
  }

  private void withPosition(Event event) {
    Long before = cursors.get(event.epoch());
    if (before == null) {
      fault("an event of another epoch of a log without a message: " + event);
    } else if (event.offset() <= before) {
      fault("a repeat, or out of order: " + event);
    } else {
      assertNothingMissed(event.epoch(), before, event.offset() - 1);
      cursors.put(event.epoch(), event.offset());
    }
  }

  /** The position in a message, as offsets by epoch. */
  public static Map<String, Long> positions(JsonObject payload) {
    Map<String, Long> positions = new HashMap<>();
    for (String position : payload.getString("position", "").split("\\.")) {
      int colon = position.indexOf(':');
      if (colon > 0) {
        positions.put(position.substring(0, colon), Long.parseLong(position.substring(colon + 1)));
      }
    }
    return positions;
  }
}
