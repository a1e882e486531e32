package dev.switchboard.tracing.opentelemetry;

import dev.switchboard.tracing.TraceCarrier;
import dev.switchboard.tracing.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Converts trace contexts: of requests by the configured propagators, and of envelopes always in
 * the form of W3C Trace Context. Baggage is neither read nor passed on.
 */
final class Contexts {
  private static final TextMapPropagator IN_ENVELOPES = W3CTraceContextPropagator.getInstance();
  private static final String PARENT = "traceparent";
  private static final String STATE = "tracestate";

  private final TextMapPropagator ofRequests;

  Contexts(TextMapPropagator ofRequests) {
    this.ofRequests = ofRequests;
  }

  /** The context that a request names; the root if it names none or an invalid one. */
  Context ofRequest(TraceCarrier carrier) {
    Context context = ofRequests.extract(Context.root(), carrier, Headers.GETTER);
    return Context.root().with(Span.fromContext(context));
  }

  /** Headers by which a request passes on the context of a span. */
  Map<String, String> headers(Span span) {
    Map<String, String> headers = new HashMap<>();
    ofRequests.inject(Context.root().with(span), headers, Map::put);
    return headers;
  }

  /** The context that an envelope carries; null if it carries none or an invalid one. */
  static @Nullable SpanContext ofEnvelope(byte[] envelope) {
    TraceContext trace = TraceContext.of(envelope);
    if (trace == null) {
      return null;
    }
    Context context = IN_ENVELOPES.extract(Context.root(), trace, Members.GETTER);
    SpanContext parent = Span.fromContext(context).getSpanContext();
    return parent.isValid() ? parent : null;
  }

  /** The form in which an envelope carries the context of a span. */
  static TraceContext forEnvelope(Span span) {
    Map<String, String> members = new HashMap<>();
    IN_ENVELOPES.inject(Context.root().with(span), members, Map::put);
    return new TraceContext(members.getOrDefault(PARENT, ""), members.get(STATE));
  }

  /** A context whose spans are children of a span of another node, or of one not made yet. */
  static Context childrenOf(SpanContext parent) {
    return Context.root().with(Span.wrap(parent));
  }

  /** The headers of a request; one that must be there once counts only then. */
  private enum Headers implements TextMapGetter<TraceCarrier> {
    GETTER;

    @Override
    public @Nullable String get(@Nullable TraceCarrier carrier, String key) {
      String name = key.toLowerCase(Locale.ROOT);
      List<String> values = carrier == null ? List.of() : carrier.all(name);
      if (name.equals(STATE)) {
        return values.isEmpty() ? null : String.join(",", values);
      }
      return values.size() == 1 ? values.get(0) : null;
    }
  }

  /** What an envelope carries. */
  private enum Members implements TextMapGetter<TraceContext> {
    GETTER;

    @Override
    public @Nullable String get(@Nullable TraceContext trace, String key) {
      if (trace == null) {
        return null;
      }
      return key.equals(PARENT) ? trace.traceparent() : trace.tracestate();
    }
  }
}
