package dev.switchboard.sessions.session;

import dev.switchboard.event.EventId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one session was given that may be stored in its user's inbox, and what of it is proven to
 * have arrived: by an ack that names it, or by the pong to a ping sent after it. Pure state.
 */
public final class Receipts {
  /** Beyond it a message is not tracked: it stays stored, and comes again with the next session. */
  private static final int MAX_UNPROVEN = 5_000;

  private static final long NOT_YET_PINGED = Long.MAX_VALUE;

  private final Map<EventId, Long> unproven = new LinkedHashMap<>(4);
  private final Set<EventId> fromInbox = new HashSet<>(4);
  private final List<EventId> proven = new ArrayList<>(0);
  private long lastPing;
  private boolean unpinged;

  /** Given from the inbox; tells whether it is to be sent, or came live before. */
  public boolean givenFromInbox(EventId event) {
    if (unproven.containsKey(event)) {
      return false;
    }
    boolean unused = fromInbox.add(event);
    track(event);
    return true;
  }

  /** About to be given live or from the log; tells whether it is to be sent, or came already. */
  boolean givenLive(EventId event) {
    if (fromInbox.remove(event)) {
      return false;
    }
    track(event);
    return true;
  }

  private void track(EventId event) {
    if (unproven.size() < MAX_UNPROVEN) {
      unproven.put(event, NOT_YET_PINGED);
      unpinged = true;
    }
  }

  /** A ping was sent: its pong proves everything given before. */
  public void pinged(long ping) {
    lastPing = ping;
    if (unpinged) {
      unproven.replaceAll((event, before) -> Math.min(before, ping));
      unpinged = false;
    }
  }

  /** A pong came; only the number of a ping that was sent proves anything. */
  public void ponged(long ping) {
    if (ping <= 0 || ping > lastPing) {
      return;
    }
    Iterator<Map.Entry<EventId, Long>> entries = unproven.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<EventId, Long> entry = entries.next();
      if (entry.getValue() <= ping) {
        proven.add(entry.getKey());
        entries.remove();
      }
    }
  }

  /** The client names what it has; only what this session was given counts. */
  public void acked(Collection<EventId> events) {
    for (EventId event : events) {
      if (unproven.remove(event) != null) {
        proven.add(event);
      }
    }
  }

  /** What is proven and still to be removed; it is the taker's now. */
  public List<EventId> takeProven() {
    List<EventId> taken = List.copyOf(proven);
    proven.clear();
    return taken;
  }

  /** It could not be removed now. */
  public void putBack(List<EventId> events) {
    proven.addAll(events);
  }

  public boolean hasProven() {
    return !proven.isEmpty();
  }
}
