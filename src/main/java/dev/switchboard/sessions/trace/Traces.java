package dev.switchboard.sessions.trace;

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
    request.logs().forEach(log -> streams.observe(log, trace));
    return trace;
  }

  /** Closes a trace; does nothing if it was closed before. */
  public void close(Trace trace) {
    if (open.remove(trace)) {
      trace.request().logs().forEach(log -> streams.unobserve(log, trace));
      slots.giveBack(trace.request().tenant());
    }
  }

  /** Ends all traces, because the node stops. */
  public void endAll() {
    List.copyOf(open).forEach(trace -> trace.output().end());
  }
}
