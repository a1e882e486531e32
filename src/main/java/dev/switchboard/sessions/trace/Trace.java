package dev.switchboard.sessions.trace;

import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.LogId;
import dev.switchboard.event.TenantId;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.subscriptions.LogObserver;
import dev.switchboard.time.TokenBucket;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * One open trace. Shows a limited number of events a second and searches a limited number of bytes
 * a second for a text; what is beyond that, or what the reader is too slow for, is counted as
 * missed. Belongs to one event loop.
 */
public final class Trace implements LogObserver {
  private static final int EVENTS_PER_SECOND = 200;

  private static final int MAX_LOGS = 100;

  /** A search of this size takes an event loop a few milliseconds. */
  private static final int SEARCHED_BYTES_PER_SECOND = 2 << 20;

  private final Request request;
  private final Output output;
  private final SessionTime time;
  private final TokenBucket events;
  private final TokenBucket searched;
  private final Set<LogId> logs = new LinkedHashSet<>();
  private int unopened;
  private boolean complete;
  private boolean ready;
  private long missed;

  /**
   * What is traced.
   *
   * @param topics whose events are shown
   */
  public record Request(
      TenantId tenant, TracedTopics topics, TraceFilter filter, TraceViewer viewer) {}

  /** Takes what a trace shows. */
  public interface Output extends LiveOutput {
    /** An event, as JSON. */
    void event(Buffer json);
  }

  Trace(Request request, Output output, SessionTime time) {
    this.request = request;
    this.output = output;
    this.time = time;
    this.events = new TokenBucket(EVENTS_PER_SECOND, EVENTS_PER_SECOND, time.nanos());
    this.searched =
        new TokenBucket(SEARCHED_BYTES_PER_SECOND, SEARCHED_BYTES_PER_SECOND, time.nanos());
  }

  Request request() {
    return request;
  }

  Output output() {
    return output;
  }

  /** The logs that the trace follows. */
  Set<LogId> logs() {
    return logs;
  }

  /** Notes a log that is followed from now on; false if it was before, or if there are too many. */
  boolean add(LogId log) {
    if (logs.size() >= MAX_LOGS || !logs.add(log)) {
      return false;
    }
    unopened++;
    return true;
  }

  /** The topics that there were when the trace began are known. */
  void complete() {
    complete = true;
    readyOnceOpen();
  }

  @Override
  public void opened() {
    unopened--;
    readyOnceOpen();
  }

  private void readyOnceOpen() {
    if (complete && unopened == 0 && !ready) {
      ready = true;
      output.ready();
    }
  }

  @Override
  public void missed(long more) {
    missed += more;
  }

  @Override
  public void event(EnvelopeHead head, byte[] envelope) {
    TraceFilter filter = request.filter();
    if (!filter.admits(head) || !request.viewer().sees(head)) {
      return;
    }
    boolean headOnly = request.viewer().seesHeadOnly(head);
    TextFilter text = filter.text();
    if (text == null) {
      show(envelope, headOnly);
    } else {
      // A viewer who may not see the payload must not learn by searching what is in it.
      search(text, envelope, headOnly ? head.payloadStart() : envelope.length, headOnly);
    }
  }

  private void search(TextFilter text, byte[] envelope, int length, boolean headOnly) {
    if (!searched.take(length, time.nanos())) {
      missed++;
    } else if (text.isIn(envelope, length)) {
      show(envelope, headOnly);
    }
  }

  private void show(byte[] envelope, boolean headOnly) {
    if (output.isFull() || !events.take(1, time.nanos())) {
      missed++;
    } else {
      output.event(TracedEvent.of(envelope, headOnly));
    }
  }

  /** Says how many events were missed since the last call, if any; to be called every second. */
  public void reportMissed() {
    if (missed > 0 && !output.isFull()) {
      output.missed(missed);
      missed = 0;
    }
  }
}
