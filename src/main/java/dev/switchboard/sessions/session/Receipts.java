package dev.switchboard.sessions.session;

import dev.switchboard.event.EventId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The messages sent to one session that its user's inbox may hold, and which of them are proven to
 * have arrived: by an ack that names them, or by the pong to a ping sent after them, unless only
 * acks are to count. Pure state.
 */
public final class Receipts {
  /** A message beyond it is not tracked: it stays stored, and the next session gets it again. */
  private static final int MAX_UNPROVEN = 5_000;

  /** A message of the inbox that is older than these is sent again if a log still brings it. */
  private static final int MAX_FROM_INBOX = 5_000;

  private static final long NOT_YET_PINGED = Long.MAX_VALUE;

  // Made on first use: most sessions are sent nothing that an inbox holds.
  private Map<EventId, Long> unproven = Collections.emptyMap();
  private Set<EventId> fromInbox = Collections.emptySet();
  private List<EventId> proven = Collections.emptyList();
  private long lastPing;
  private boolean hasUnpinged;
  private boolean needsAcks;

  /** From now on only an ack proves anything. */
  public void requireAcks() {
    needsAcks = true;
  }

  /** Records a message of the inbox; returns false if it was sent live before. */
  public boolean recordFromInbox(EventId event) {
    if (unproven.containsKey(event)) {
      return false;
    }
    keepFromInbox(event);
    track(event);
    return true;
  }

  private void keepFromInbox(EventId event) {
    if (fromInbox.isEmpty()) {
      fromInbox = new LinkedHashSet<>(4);
    }
    fromInbox.add(event);
    if (fromInbox.size() > MAX_FROM_INBOX) {
      Iterator<EventId> oldest = fromInbox.iterator();
      oldest.next();
      oldest.remove();
    }
  }

  /** Records an event that is live or read from a log; returns false if the inbox had it before. */
  boolean recordFromLog(EventId event) {
    if (fromInbox.remove(event)) {
      return false;
    }
    track(event);
    return true;
  }

  private void track(EventId event) {
    if (unproven.isEmpty()) {
      unproven = new LinkedHashMap<>(4);
    }
    if (unproven.size() < MAX_UNPROVEN) {
      unproven.put(event, NOT_YET_PINGED);
      hasUnpinged = true;
    }
  }

  /** A ping was sent: its pong proves everything sent before. */
  public void pinged(long ping) {
    lastPing = ping;
    if (hasUnpinged) {
      unproven.replaceAll((event, before) -> Math.min(before, ping));
      hasUnpinged = false;
    }
  }

  /** A pong was received; only the number of a ping that was sent proves anything. */
  public void ponged(long ping) {
    if (needsAcks || ping <= 0 || ping > lastPing) {
      return;
    }
    Iterator<Map.Entry<EventId, Long>> entries = unproven.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<EventId, Long> entry = entries.next();
      if (entry.getValue() <= ping) {
        prove(entry.getKey());
        entries.remove();
      }
    }
  }

  /** The client acknowledges events; those this session was not sent are ignored. */
  public void acked(Collection<EventId> events) {
    for (EventId event : events) {
      if (unproven.remove(event) != null) {
        prove(event);
      }
    }
  }

  private void prove(EventId event) {
    if (proven.isEmpty()) {
      proven = new ArrayList<>(1);
    }
    proven.add(event);
  }

  /** Takes the proven messages, for the caller to remove from the inbox. */
  public List<EventId> takeProven() {
    List<EventId> taken = List.copyOf(proven);
    proven = Collections.emptyList();
    return taken;
  }

  /** Puts back proven messages that could not be removed from the inbox. */
  public void putBack(List<EventId> events) {
    events.forEach(this::prove);
  }

  public boolean hasProven() {
    return !proven.isEmpty();
  }
}
