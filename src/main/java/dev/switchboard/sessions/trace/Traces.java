package dev.switchboard.sessions.trace;

import dev.switchboard.event.LogId;
import dev.switchboard.event.Topic;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.subscriptions.LogStreams;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The open traces of one hub. Belongs to the hub's event loop. */
public final class Traces {
  private final LogStreams streams;
  private final TraceSlots slots;
  private final SessionTime time;
  private final Set<Trace> open = new LinkedHashSet<>();

  /** {@code slots} are shared by all hubs of the node. */
  public Traces(LogStreams streams, TraceSlots slots, SessionTime time) {
    this.streams = streams;
    this.slots = slots;
    this.time = time;
  }

  /** Opens a trace; null if its tenant has too many on this node. */
  public @Nullable Trace open(Trace.Request request, Trace.Output output) {
    if (!slots.take(request.tenant())) {
      return null;
    }
    Trace trace = new Trace(request, output, time);
    open.add(trace);
    output.begin();
    request.topics().logs(request.tenant()).forEach(log -> follow(trace, log));
    if (!request.topics().areOpen()) {
      trace.complete();
    }
    return trace;
  }

  private void follow(Trace trace, LogId log) {
    if (trace.add(log)) {
      streams.observe(log, trace);
    }
  }

  /** Lets an open trace follow those of its tenant's topics that it is to show. */
  public void topics(Trace trace, List<Topic> topics) {
    if (!open.contains(trace)) {
      return;
    }
    Trace.Request request = trace.request();
    topics.stream()
        .filter(topic -> request.topics().cover(topic) && request.viewer().mayFollow(topic))
        .forEach(topic -> follow(trace, new LogId(request.tenant(), topic)));
    trace.complete();
  }

  /** Why there is no slot for one more. */
  public String refusal() {
    return slots.refusal();
  }

  /** Closes a trace; does nothing if it was closed before. */
  public void close(Trace trace) {
    if (open.remove(trace)) {
      trace.logs().forEach(log -> streams.unobserve(log, trace));
      slots.giveBack(trace.request().tenant());
    }
  }

  /** Ends all traces, because the node stops. */
  public void endAll() {
    List.copyOf(open).forEach(trace -> trace.output().end());
  }
}
