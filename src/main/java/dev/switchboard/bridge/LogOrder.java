package dev.switchboard.bridge;

import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.LogPosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The order of one log's events: a pure decision, fed with what Pub/Sub brings and what the log
 * holds, that lets each place through exactly once and in turn.
 *
 * <p>An offset beyond the next one is a hole: what lies behind it waits until the log was read. At
 * or below what was released it is a repeat, normal after a fill, unless it carries another event
 * or epoch, which means that Redis lost writes.
 */
final class LogOrder {
  private static final int REMEMBERED = 256;
  private static final int EPOCHS_REMEMBERED = 8;

  private final int maxWaiting;
  private final TreeMap<Long, Message> waiting = new TreeMap<>();
  private final String[] recentEvents = new String[REMEMBERED];
  private final Deque<String> leftEpochs = new ArrayDeque<>(0);
  private LogPosition released;

  LogOrder(LogPosition start, int maxWaiting) {
    this.released = start;
    this.maxWaiting = maxWaiting;
  }

  /** An event with its place, and its bytes as they go to sockets. */
  record Message(LogPosition place, EnvelopeHead head, byte[] envelope) {}

  /** What to do about an event. */
  enum Verdict {
    /** It and perhaps others behind it go out; see the list. */
    RELEASED,
    /** Something before it is missing; the log must be read. */
    HOLE,
    /** It was released before. */
    REPEAT,
    /** Its place can't be right: the log must be asked whether it began anew. */
    SUSPECT,
    /**
     * It is of an epoch that was left: part of what sessions were told to reload. The log must be
     * asked whether it has gone back.
     */
    LATE
  }

  /** Place of the last event released. */
  LogPosition released() {
    return released;
  }

  /** Takes a live event; what may go out now is added to {@code out}. */
  Verdict offer(Message message, List<Message> out) {
    LogPosition place = message.place();
    if (!place.sameEpoch(released)) {
      return leftEpochs.contains(place.epoch()) ? Verdict.LATE : Verdict.SUSPECT;
    }
    if (place.offset() <= released.offset()) {
      return isKnown(message) ? Verdict.REPEAT : Verdict.SUSPECT;
    }
    if (place.offset() > released.offset() + 1) {
      // Past the bound the later ones are dropped: the log holds them, and it will be read.
      if (waiting.size() < maxWaiting) {
        waiting.put(place.offset(), message);
      }
      return Verdict.HOLE;
    }
    release(message, out);
    releaseWaiting(out);
    return Verdict.RELEASED;
  }

  /** Takes events read from the log, in order and without a hole after what was released. */
  void fill(List<Message> read, List<Message> out) {
    for (Message message : read) {
      if (message.place().offset() == released.offset() + 1) {
        release(message, out);
      }
    }
    releaseWaiting(out);
  }

  /** Begins at another place: later events of the old epoch, and what waited, are forgotten. */
  void restart(LogPosition place) {
    if (!released.sameEpoch(place)) {
      leave(released.epoch());
    }
    released = place;
    waiting.clear();
    Arrays.fill(recentEvents, null);
  }

  private void leave(String epoch) {
    leftEpochs.remove(epoch);
    leftEpochs.addLast(epoch);
    if (leftEpochs.size() > EPOCHS_REMEMBERED) {
      leftEpochs.removeFirst();
    }
  }

  /** Whether something waits behind a hole. */
  boolean hasHole() {
    return !waiting.isEmpty();
  }

  /**
   * Takes out what waits at places that the log, read to that top, does not know: their ids were
   * invented by whoever published them.
   */
  List<Message> takeInvented(LogPosition top) {
    Map<Long, Message> beyond = waiting.tailMap(top.offset(), false);
    List<Message> invented = new ArrayList<>(beyond.values());
    beyond.clear();
    return invented;
  }

  private void releaseWaiting(List<Message> out) {
    waiting.headMap(released.offset(), true).clear();
    Message next = waiting.remove(released.offset() + 1);
    while (next != null) {
      release(next, out);
      next = waiting.remove(released.offset() + 1);
    }
  }

  private void release(Message message, List<Message> out) {
    released = message.place();
    recentEvents[slot(released.offset())] = eventOf(message);
    out.add(message);
  }

  /** Further back than is remembered nothing can be told, and a late repeat is likely. */
  private boolean isKnown(Message message) {
    long offset = message.place().offset();
    if (offset <= released.offset() - REMEMBERED) {
      return true;
    }
    String known = recentEvents[slot(offset)];
    return known == null || known.equals(eventOf(message));
  }

  private static int slot(long offset) {
    return (int) (offset % REMEMBERED);
  }

  private static @Nullable String eventOf(Message message) {
    return message.head().id() == null ? null : message.head().id().value();
  }
}
