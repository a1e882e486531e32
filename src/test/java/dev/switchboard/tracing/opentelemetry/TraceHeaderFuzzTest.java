package dev.switchboard.tracing.opentelemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.tracing.TraceCarrier;
import dev.switchboard.tracing.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * The headers {@code traceparent} and {@code tracestate} of a request, one a line, and envelopes
 * that may carry a trace. A trace that is continued is the one that was sent; an envelope that
 * carries it is one with and without its state.
 */
class TraceHeaderFuzzTest extends FuzzTarget {
  private static final byte[] BODY =
      ("\"event_id\":\"e-1\",\"type\":\"call.incoming\",\"tenant_id\":\"tenant-123\","
              + "\"timestamp\":\"2026-11-23T09:30:00.123Z\",\"payload\":{}}")
          .getBytes(UTF_8);

  private final Contexts contexts = new Contexts(W3CTraceContextPropagator.getInstance());

  @Override
  protected void check(byte[] input) {
    List<String> lines = text(input).lines().toList();
    Span span = Span.fromContext(contexts.ofRequest(carrier(lines)));
    if (span.getSpanContext().isValid()) {
      assertThat(values(lines, "traceparent"))
          .singleElement()
          .asString()
          .contains(span.getSpanContext().getTraceId(), span.getSpanContext().getSpanId());
      checkEnvelope(span);
    }
    SpanContext found = Contexts.ofEnvelope(input);
    assertThat(found == null || found.isValid()).isTrue();
    assertThat(TraceContext.addId(LoggerFactory.getLogger("fuzz").atDebug(), input)).isNotNull();
  }

  private static void checkEnvelope(Span span) {
    TraceContext trace = Contexts.forEnvelope(span);
    byte[] published = trace.addTo(BODY);
    byte[] queued = trace.addStateTo(published);
    assertThat(TraceContext.removeState(queued)).isEqualTo(published);
    assertThat(EnvelopeHead.scan(Envelope.withoutPosition(queued))).isNotNull();
    SpanContext continued = requireNonNull(Contexts.ofEnvelope(queued));
    assertThat(continued.getTraceId()).isEqualTo(span.getSpanContext().getTraceId());
  }

  private static TraceCarrier carrier(List<String> lines) {
    return name -> values(lines, name);
  }

  private static List<String> values(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name + ": "))
        .map(line -> line.substring(name.length() + 2))
        .toList();
  }
}
