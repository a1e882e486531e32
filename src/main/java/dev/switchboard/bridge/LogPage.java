package dev.switchboard.bridge;

import dev.switchboard.bridge.LogOrder.Message;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.LogPosition;
import dev.switchboard.redis.EventLog.Entry;
import dev.switchboard.redis.EventLog.Page;
import java.util.ArrayList;
import java.util.List;

/**
 * What a follower learns from a page of its log that was read behind a place.
 *
 * @param after the place behind which it was read
 */
record LogPage(LogPosition after, Page page) {

  /** Where the log ends. */
  LogPosition top() {
    return page.top();
  }

  /** Whether something is lost that was not released live while the log was being read. */
  boolean misses(LogPosition released) {
    if (!after.sameEpoch(top()) || after.offset() > top().offset()) {
      return true;
    }
    return released.offset() < top().offset()
        && !new Page(top(), entriesBehind(released)).continues(released);
  }

  private List<Entry> entriesBehind(LogPosition place) {
    return page.entries().stream().filter(entry -> entry.offset() > place.offset()).toList();
  }

  /** Its events with their places; what is no envelope is none. */
  List<Message> messages() {
    List<Message> messages = new ArrayList<>(page.entries().size());
    for (Entry entry : page.entries()) {
      LogPosition place = new LogPosition(top().epoch(), entry.offset());
      byte[] envelope = Envelope.at(place, entry.tail());
      EnvelopeHead head = EnvelopeHead.scan(envelope);
      if (head != null) {
        messages.add(new Message(place, head, envelope));
      }
    }
    return messages;
  }
}
