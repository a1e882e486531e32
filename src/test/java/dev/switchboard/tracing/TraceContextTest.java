package dev.switchboard.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** How events carry the trace they belong to. */
class TraceContextTest {
  private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  private static final String BODY =
      "\"event_id\":\"e-1\",\"type\":\"call.incoming\",\"tenant_id\":\"tenant-123\","
          + "\"timestamp\":\"2026-11-23T09:30:00.123Z\",\"user_id\":\"456\","
          + "\"payload\":{\"traceparent\":\"mine\"}}";

  @Test
  void parentStandsInTheHeadAndIsPassedOverByReaders() {
    byte[] body = new TraceContext(PARENT, "a=1").addTo(bytes(BODY));

    assertThat(text(body))
        .isEqualTo(BODY.replace(",\"payload\"", ",\"traceparent\":\"" + PARENT + "\",\"payload\""));
    EnvelopeHead head = EnvelopeHead.scan(Envelope.withoutPosition(body));
    assertThat(head).isNotNull();
    assertThat(TraceContext.of(body)).isEqualTo(new TraceContext(PARENT, null));
    assertThat(text(Envelope.payloadOf(body))).isEqualTo("{\"traceparent\":\"mine\"}");
  }

  @Test
  void stateIsInTheQueueOnly() {
    TraceContext trace = new TraceContext(PARENT, "a=1,b@c=x y");
    byte[] published = trace.addTo(bytes(BODY));

    byte[] queued = trace.addStateTo(published);

    assertThat(TraceContext.of(queued)).isEqualTo(trace);
    assertThat(EnvelopeHead.scan(Envelope.withoutPosition(queued))).isNotNull();
    assertThat(TraceContext.removeState(queued)).isEqualTo(published);
    assertThat(TraceContext.removeState(published)).isSameAs(published);
  }

  @Test
  void stateThatWouldNeedEscapesIsLeftOut() {
    TraceContext trace = new TraceContext(PARENT, "a=\"1\"");
    byte[] published = trace.addTo(bytes(BODY));

    assertThat(trace.addStateTo(published)).isSameAs(published);
  }

  @Test
  void eventWithoutATraceHasNone() {
    assertThat(TraceContext.of(bytes(BODY))).isNull();
    assertThat(TraceContext.of(bytes("{}"))).isNull();
    assertThat(TraceContext.of(new byte[0])).isNull();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
