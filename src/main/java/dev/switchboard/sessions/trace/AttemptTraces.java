package dev.switchboard.sessions.trace;

import dev.switchboard.sessions.subscriptions.AttemptTail;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The open traces of attempts at webhooks of one hub. Belongs to the hub's event loop. */
public final class AttemptTraces {
  private final AttemptTail attempts;
  private final TraceSlots slots;
  private final Set<AttemptTrace> open = new LinkedHashSet<>();

  /** {@code slots} are shared by all hubs of the node. */
  public AttemptTraces(AttemptTail attempts, TraceSlots slots) {
    this.attempts = attempts;
    this.slots = slots;
  }

  /** Opens a trace; null if its tenant has too many on this node. */
  public @Nullable AttemptTrace open(AttemptTrace.Request request, AttemptTrace.Output output) {
    if (!slots.take(request.tenant())) {
      return null;
    }
    AttemptTrace trace = new AttemptTrace(request, output);
    open.add(trace);
    output.begin();
    attempts.observe(request.tenant(), request.webhook(), trace);
    return trace;
  }

  /** Why there is no slot for one more. */
  public String refusal() {
    return slots.refusal();
  }

  /** Closes a trace; does nothing if it was closed before. */
  public void close(AttemptTrace trace) {
    if (open.remove(trace)) {
      attempts.unobserve(trace.request().tenant(), trace);
      slots.giveBack(trace.request().tenant());
    }
  }

  /** Ends all traces, because the node stops. */
  public void endAll() {
    List.copyOf(open).forEach(trace -> trace.output().end());
  }
}
