package dev.switchboard.bridge;

import dev.switchboard.bridge.LogOrder.Message;
import dev.switchboard.event.LogPosition;
import dev.switchboard.redis.EventLog.Page;
import java.util.List;

/**
 * What a follower learns from a page of its log.
 *
 * @param after the place behind which it was read
 * @param top where the log ends
 * @param messages its events with their places, in order; what is no envelope is lost
 */
record LogPage(LogPosition after, LogPosition top, List<Message> messages) {
  LogPage {
    messages = List.copyOf(messages);
  }

  static LogPage of(LogPosition after, Page page) {
    return new LogPage(after, page.top(), page.events(Message::new));
  }

  /** Whether something is lost that was not released live while the log was being read. */
  boolean misses(LogPosition released) {
    if (!after.sameEpoch(top) || after.offset() > top.offset()) {
      return true;
    }
    return released.offset() < top.offset() && !continues(released.offset());
  }

  /** Whether what comes behind that offset, which is not all, follows without a hole. */
  private boolean continues(long released) {
    long last = released;
    for (Message message : messages) {
      long offset = message.place().offset();
      if (offset > last + 1) {
        return false;
      }
      last = Math.max(last, offset);
    }
    return last > released;
  }
}
