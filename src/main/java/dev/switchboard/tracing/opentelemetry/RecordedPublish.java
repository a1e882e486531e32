package dev.switchboard.tracing.opentelemetry;

import dev.switchboard.tracing.PublishSpan;
import dev.switchboard.tracing.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * The span of a call that publishes.
 *
 * @param continued whether the trace began at the producer
 */
record RecordedPublish(Span span, boolean continued) implements PublishSpan {
  /** A producer's decision not to sample goes on to receivers; our own need not. */
  @Override
  public @Nullable TraceContext carried() {
    return continued || span.getSpanContext().isSampled() ? Contexts.forEnvelope(span) : null;
  }

  @Override
  public void ended(PublishEnd end) {
    span.setAttribute(Attributes.MESSAGE_ID, MessageIds.of(end.event()));
    span.setAttribute(Attributes.DELIVERIES, (long) end.deliveries());
    if (end.repeated()) {
      span.setAttribute(Attributes.REPEATED, true);
    }
    if (end.error() != null) {
      span.setAttribute(Attributes.ERROR_TYPE, end.error());
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }
}
