package dev.switchboard.client.session;

import dev.switchboard.client.model.Event;
import dev.switchboard.client.platform.Json;
import dev.switchboard.client.platform.Loop;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Proves receipt of the messages of the inbox, and knows which were handed on before. Belongs to
 * the client's thread.
 */
final class Receipts {
  private static final int MAX_REMEMBERED = 1_000;
  private static final long PAUSE_MILLIS = 100;

  private final Loop loop;
  private final boolean automatic;
  private final Consumer<String> send;
  private final Set<String> handedOn = new LinkedHashSet<>();
  private final List<String> unsent = new ArrayList<>();
  private Loop.@Nullable Timer timer;

  /**
   * Makes receipts.
   *
   * @param automatic whether a message counts as received once a listener took it
   * @param send sends a message if there is a connection
   */
  Receipts(Loop loop, boolean automatic, Consumer<String> send) {
    this.loop = loop;
    this.automatic = automatic;
    this.send = send;
  }

  /** Whether the event may be a message of the inbox. */
  static boolean mayBeStored(Event event) {
    return event.eventId() != null
        && (event.userId() != null || event.id() == null)
        && !event.type().equals("chat.typing");
  }

  boolean isRepeat(Event event) {
    return handedOn.contains(event.eventId());
  }

  /** A listener took the message. */
  void handedOn(String eventId) {
    handedOn.remove(eventId);
    handedOn.add(eventId);
    if (handedOn.size() > MAX_REMEMBERED) {
      handedOn.remove(handedOn.iterator().next());
    }
    if (automatic) {
      acknowledge(List.of(eventId));
    }
  }

  void acknowledge(List<String> eventIds) {
    unsent.addAll(eventIds);
    if (timer == null && !unsent.isEmpty()) {
      timer = loop.schedule(PAUSE_MILLIS, this::flush);
    }
  }

  private void flush() {
    timer = null;
    while (!unsent.isEmpty()) {
      List<String> part = unsent.subList(0, Math.min(unsent.size(), Following.MAX_NAMES));
      send.accept(
          Json.write(Map.of("type", "ack", "payload", Map.of("event_ids", List.copyOf(part)))));
      part.clear();
    }
  }

  /** The connection is lost: the messages come again, and are acknowledged then. */
  void lost() {
    unsent.clear();
  }

  /** Another person is signed in. */
  void forget() {
    handedOn.clear();
    unsent.clear();
  }
}
