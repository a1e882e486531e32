package dev.switchboard.sessions.trace;

import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.LogId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.subscriptions.LogObserver;
import dev.switchboard.time.TokenBucket;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * One open trace. Shows a limited number of events a second and searches a limited number of bytes
 * a second for a text; what is beyond that, or what the reader is too slow for, is counted as
 * missed. Belongs to one event loop.
 */
public final class Trace implements LogObserver {
  private static final int EVENTS_PER_SECOND = 200;

  /** A search of this size takes an event loop a few milliseconds. */
  private static final int SEARCHED_BYTES_PER_SECOND = 2 << 20;

  private final Request request;
  private final Output output;
  private final SessionTime time;
  private final TokenBucket events;
  private final TokenBucket searched;
  private int unopened;
  private long missed;

  /**
   * What is traced.
   *
   * @param topics whose events are shown; without any, the events that have no topic
   */
  public record Request(
      TenantId tenant, List<Topic> topics, TraceFilter filter, TraceViewer viewer) {
    public Request {
      topics = List.copyOf(topics);
    }

    List<LogId> logs() {
      return topics.isEmpty()
          ? List.of(LogId.ofTenant(tenant))
          : topics.stream().distinct().map(topic -> new LogId(tenant, topic)).toList();
    }
  }

  /** Takes what a trace shows. */
  public interface Output {
    /** The trace is open; comes before everything else. */
    void begin();

    /** Every event from now on is seen. */
    void ready();

    /** An event, as JSON. */
    void event(Buffer json);

    /** Events that were not shown since the last call. */
    void missed(long events);

    /** Whether the reader has not read what it was sent. */
    boolean isFull();

    /** The node stops. */
    void end();
  }

  Trace(Request request, Output output, SessionTime time) {
    this.request = request;
    this.output = output;
    this.time = time;
    this.unopened = request.logs().size();
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

  @Override
  public void opened() {
    unopened--;
    if (unopened == 0) {
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
