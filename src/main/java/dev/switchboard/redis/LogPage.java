package dev.switchboard.redis;

import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogPosition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Part of a log, read behind some position.
 *
 * @param top position of the newest event, with the log's current epoch
 * @param events in order; none if the epoch of the reader's position is over
 * @param unreadable the last offset whose entry can't be decrypted or is not an envelope, so that
 *     it is missing among the events; 0 if there is none
 */
public record LogPage(LogPosition top, List<LogEvent> events, long unreadable) {
  public LogPage {
    events = List.copyOf(events);
  }

  /** A page whose entries are all readable. */
  public LogPage(LogPosition top, List<LogEvent> events) {
    this(top, events, 0);
  }

  /**
   * Returns the events behind a position, which follow it without a hole.
   *
   * @return null if an event behind the position is missing, or if the position is not one of the
   *     log as it is now: its epoch is over or it lies beyond the top
   */
  public @Nullable List<LogEvent> after(LogPosition position) {
    if (!position.sameEpoch(top) || position.offset() > top.offset()) {
      return null;
    }
    List<LogEvent> following = new ArrayList<>(events.size());
    long expected = position.offset() + 1;
    for (LogEvent event : events) {
      if (event.position().offset() > position.offset()) {
        if (event.position().offset() != expected++) {
          return null;
        }
        following.add(event);
      }
    }
    return following.isEmpty() && position.offset() < top.offset() ? null : following;
  }

  /**
   * Whether the page was cut short before any event behind the position, so that it does not say
   * what follows there.
   */
  public boolean stopsShortOf(LogPosition position) {
    if (!position.sameEpoch(top) || events.isEmpty()) {
      return false;
    }
    long last = events.get(events.size() - 1).position().offset();
    return last <= position.offset() && last < top.offset();
  }
}
