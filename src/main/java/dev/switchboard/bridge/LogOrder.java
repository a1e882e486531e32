package dev.switchboard.bridge;

import dev.switchboard.event.LogEvent;
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
 * Decides on the order of one log's events: takes those that Pub/Sub brings and those read from the
 * log, and releases the event of each position exactly once and in order.
 *
 * <p>If an event arrives with an offset beyond the next one, there is a hole: the event waits until
 * the log was read. An event at or below the released offset is a repeat, which is normal after the
 * log was read, unless its id or epoch differs, which means that Redis lost writes.
 */
final class LogOrder {
  private static final int MAX_RECENT_EVENTS = 256;
  private static final int MAX_PAST_EPOCHS = 8;

  private final int maxWaiting;
  private final TreeMap<Long, LogEvent> waiting = new TreeMap<>();
  private final String[] recentEvents = new String[MAX_RECENT_EVENTS];
  private final Deque<String> pastEpochs = new ArrayDeque<>(0);
  private LogPosition released;

  /** Starts behind a position; at most {@code maxWaiting} events wait behind a hole. */
  LogOrder(LogPosition start, int maxWaiting) {
    this.released = start;
    this.maxWaiting = maxWaiting;
  }

  /** The decision on an event. */
  enum Verdict {
    /** The event is released, and perhaps others that waited behind it. */
    RELEASED,
    /** An event before it is missing; the log must be read. */
    HOLE,
    /** It was released before. */
    REPEAT,
    /** Its position can't be right; the log must be read to see whether a new epoch began. */
    SUSPECT,
    /**
     * It belongs to a past epoch, whose events sessions have to reload; the log must be read to see
     * whether it has returned to that epoch.
     */
    LATE
  }

  /** Position of the last event released. */
  LogPosition released() {
    return released;
  }

  /** Decides on an event that Pub/Sub brought; adds the events it releases to {@code out}. */
  Verdict offer(LogEvent event, List<LogEvent> out) {
    LogPosition position = event.position();
    if (!position.sameEpoch(released)) {
      return pastEpochs.contains(position.epoch()) ? Verdict.LATE : Verdict.SUSPECT;
    }
    if (position.offset() <= released.offset()) {
      return isKnown(event) ? Verdict.REPEAT : Verdict.SUSPECT;
    }
    if (position.offset() > released.offset() + 1) {
      // Beyond the limit events are dropped: they are in the log, which will be read.
      if (waiting.size() < maxWaiting) {
        waiting.put(position.offset(), event);
      }
      return Verdict.HOLE;
    }
    release(event, out);
    releaseWaiting(out);
    return Verdict.RELEASED;
  }

  /**
   * Takes events read from the log; adds the events it releases to {@code out}.
   *
   * @param read in order and without a hole behind the released position
   */
  void fill(List<LogEvent> read, List<LogEvent> out) {
    for (LogEvent event : read) {
      if (event.position().offset() == released.offset() + 1) {
        release(event, out);
      }
    }
    releaseWaiting(out);
  }

  /** Starts again behind another position, and forgets all waiting events. */
  void restart(LogPosition position) {
    if (!released.sameEpoch(position)) {
      leave(released.epoch());
    }
    released = position;
    waiting.clear();
    Arrays.fill(recentEvents, null);
  }

  private void leave(String epoch) {
    pastEpochs.remove(epoch);
    pastEpochs.addLast(epoch);
    if (pastEpochs.size() > MAX_PAST_EPOCHS) {
      pastEpochs.removeFirst();
    }
  }

  /**
   * Removes and returns the events waiting at positions beyond the top of the log: the program that
   * published them invented the positions.
   */
  List<LogEvent> takeInvented(LogPosition top) {
    Map<Long, LogEvent> beyond = waiting.tailMap(top.offset(), false);
    List<LogEvent> invented = new ArrayList<>(beyond.values());
    beyond.clear();
    return invented;
  }

  private void releaseWaiting(List<LogEvent> out) {
    waiting.headMap(released.offset(), true).clear();
    LogEvent next = waiting.remove(released.offset() + 1);
    while (next != null) {
      release(next, out);
      next = waiting.remove(released.offset() + 1);
    }
  }

  private void release(LogEvent event, List<LogEvent> out) {
    released = event.position();
    recentEvents[slot(released.offset())] = idOf(event);
    out.add(event);
  }

  /**
   * Whether an event was released at its position. For one further back than the recent events that
   * is assumed, because a late repeat is likely.
   */
  private boolean isKnown(LogEvent event) {
    long offset = event.position().offset();
    if (offset <= released.offset() - MAX_RECENT_EVENTS) {
      return true;
    }
    String known = recentEvents[slot(offset)];
    return known == null || known.equals(idOf(event));
  }

  private static int slot(long offset) {
    return (int) (offset % MAX_RECENT_EVENTS);
  }

  private static @Nullable String idOf(LogEvent event) {
    return event.head().id() == null ? null : event.head().id().value();
  }
}
