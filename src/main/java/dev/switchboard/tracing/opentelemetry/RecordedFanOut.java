package dev.switchboard.tracing.opentelemetry;

import dev.switchboard.tracing.FanOutSpan;
import io.opentelemetry.api.trace.Span;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The span of sending one event to the sessions of this node. */
final class RecordedFanOut implements FanOutSpan {
  private final Span span;
  private final AtomicInteger openHubs;
  private final AtomicInteger skippedHubs = new AtomicInteger();
  private final AtomicLong sessions = new AtomicLong();

  RecordedFanOut(Span span, int hubs) {
    this.span = span;
    this.openHubs = new AtomicInteger(hubs);
  }

  @Override
  public void handled(long written) {
    sessions.addAndGet(written);
    hubEnded();
  }

  @Override
  public void skipped() {
    skippedHubs.incrementAndGet();
    hubEnded();
  }

  private void hubEnded() {
    if (openHubs.decrementAndGet() > 0) {
      return;
    }
    span.setAttribute(Attributes.SESSIONS, sessions.get());
    if (skippedHubs.get() > 0) {
      span.setAttribute(Attributes.SKIPPED_HUBS, (long) skippedHubs.get());
    }
    span.end();
  }
}
