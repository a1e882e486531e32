package dev.switchboard.tracing.opentelemetry;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.config.ConfigException;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import dev.switchboard.redis.Keys;
import dev.switchboard.support.TraceCollector;
import dev.switchboard.support.TraceCollector.Received;
import dev.switchboard.tracing.AttemptSpan;
import dev.switchboard.tracing.FanOutSpan;
import dev.switchboard.tracing.PublishSpan;
import dev.switchboard.tracing.PublishSpan.PublishEnd;
import dev.switchboard.tracing.PublishedEvents;
import dev.switchboard.tracing.TraceCarrier;
import dev.switchboard.tracing.TraceContext;
import dev.switchboard.tracing.TracedDelivery;
import dev.switchboard.tracing.Tracing;
import dev.switchboard.tracing.opentelemetry.OpenTelemetryTracing.Identity;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The spans that are exported, as a collector decodes them. */
class OpenTelemetryTracingTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";
  private static final TenantId TENANT = new TenantId("tenant-123");
  private static final EventType TYPE = new EventType("call.incoming");
  private static final PublishedEvents ONE_CALL = new PublishedEvents(1, TENANT, TYPE, null);
  private static final String BODY =
      "\"event_id\":\"e-1\",\"type\":\"call.incoming\",\"tenant_id\":\"tenant-123\","
          + "\"timestamp\":\"2026-11-23T09:30:00.123Z\",\"payload\":{}}";

  private final TraceCollector collector = new TraceCollector();

  @AfterEach
  void stop() {
    collector.close();
  }

  private Tracing tracing(String... variables) {
    Map<String, String> environment = new HashMap<>();
    environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint());
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    return OpenTelemetryTracing.start(
        environment, new Identity("node 1,a=b", "1.2.3"), new Keys("callcenter")::channelForm);
  }

  private static TraceCarrier headers(String... namesAndValues) {
    return name -> {
      List<String> values = new ArrayList<>();
      for (int i = 0; i < namesAndValues.length; i += 2) {
        if (namesAndValues[i].equals(name)) {
          values.add(namesAndValues[i + 1]);
        }
      }
      return values;
    };
  }

  private static void export(Tracing tracing) throws Exception {
    tracing.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static byte[] envelope(PublishSpan span) {
    byte[] body = BODY.getBytes(StandardCharsets.UTF_8);
    TraceContext trace = requireNonNull(span.carried());
    return trace.addStateTo(trace.addTo(body));
  }

  private static TracedDelivery delivery(byte[] envelope) {
    return new TracedDelivery(
        7, 42, TENANT, new EventId("e-1"), TYPE, Instant.now().minusSeconds(2), envelope);
  }

  @Test
  void spansOfAnEventFormOneTree() throws Exception {
    Tracing accepting = tracing();
    Tracing delivering = tracing("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=node-2");

    PublishSpan publish = accepting.publishing(ONE_CALL, headers("traceparent", PARENT));
    byte[] envelope = envelope(publish);
    publish.ended(new PublishEnd(new EventId("e-1"), 1, false, null));
    FanOutSpan fanOut =
        requireNonNull(
            delivering.fanningOut(
                requireNonNull(EnvelopeHead.scan(Envelope.withoutPosition(envelope))),
                envelope,
                2));
    fanOut.handled(3);
    fanOut.handled(4);
    AttemptSpan first =
        accepting.attempting(delivery(envelope), 1, "https://hooks.example.com/services/secret");
    first.ended(503, "http_5xx");
    AttemptSpan second = delivering.attempting(delivery(envelope), 2, "https://h.example.com/x");
    second.ended(200, null);
    delivering.delivered(delivery(envelope), new Tracing.DeliveryEnd(2, null));
    export(accepting);
    export(delivering);

    Received published = one("publish callcenter:calls:{tenant}");
    Received delivered = one("webhook delivery");
    Received fannedOut = one("deliver callcenter:calls:{tenant}");
    List<Received> attempts = collector.await(TRACE, "webhook attempt", 2);
    assertThat(published.parent()).isEqualTo("00f067aa0ba902b7");
    assertThat(published.get("switchboard.tenant.id")).isEqualTo("tenant-123");
    assertThat(published.get("messaging.destination.name"))
        .isEqualTo("callcenter:calls:tenant-123");
    assertThat(published.get("messaging.message.id")).isEqualTo("e-1");
    assertThat(fannedOut.parent()).isEqualTo(published.id());
    assertThat(fannedOut.get("switchboard.sessions")).isEqualTo("7");
    assertThat(delivered.parent()).isEqualTo(published.id());
    assertThat(delivered.node()).isEqualTo("node-2");
    assertThat(delivered.nanos()).isGreaterThan(TimeUnit.SECONDS.toNanos(1));
    assertThat(attempts).extracting(Received::parent).containsOnly(delivered.id());
    assertThat(attempts).extracting(Received::node).containsExactly("node 1,a=b", "node-2");
    assertThat(attempts.get(0).failed()).isTrue();
    assertThat(attempts.get(0).attributes())
        .containsEntry("error.type", "503")
        .containsEntry("http.response.status_code", "503")
        .containsEntry("server.address", "hooks.example.com")
        .containsEntry("url.full", "https://hooks.example.com:443/REDACTED");
    assertThat(attempts.get(1).get("http.request.resend_count")).isEqualTo("1");
    assertThat(first.headers().get("traceparent"))
        .isEqualTo("00-" + TRACE + "-" + attempts.get(0).id() + "-01");
    assertThat(collector.spans().toString()).doesNotContain("secret");
  }

  private Received one(String name) {
    List<Received> found = collector.await(TRACE, name, 1);
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f35-00f067aa-01",
        "\",\"payload\":1"
      })
  void invalidParentBeginsATraceOfItsOwn(String invalid) throws Exception {
    Tracing tracing = tracing();

    PublishSpan span = tracing.publishing(ONE_CALL, headers("traceparent", invalid));
    span.ended(new PublishEnd(null, 0, false, null));
    export(tracing);

    assertThat(collector.spans()).hasSize(1);
    assertThat(collector.spans().get(0).parent()).isEmpty();
    assertThat(collector.spans().get(0).trace()).isNotEqualTo(TRACE);
  }

  @Test
  void parentGivenTwiceIsIgnored() throws Exception {
    Tracing tracing = tracing();

    PublishSpan span =
        tracing.publishing(ONE_CALL, headers("traceparent", PARENT, "traceparent", PARENT));
    span.ended(new PublishEnd(null, 0, false, null));
    export(tracing);

    assertThat(collector.trace(TRACE)).isEmpty();
    assertThat(collector.spans()).hasSize(1);
  }

  @Test
  void decisionNotToSampleIsPassedOnWithoutSpans() throws Exception {
    Tracing tracing = tracing();
    String unsampled = PARENT.replaceFirst("01$", "00");

    PublishSpan span =
        tracing.publishing(ONE_CALL, headers("traceparent", unsampled, "tracestate", "a=1"));
    byte[] envelope = envelope(span);
    span.ended(new PublishEnd(null, 0, false, null));
    EnvelopeHead head = requireNonNull(EnvelopeHead.scan(Envelope.withoutPosition(envelope)));
    assertThat(tracing.fanningOut(head, envelope, 1)).isNull();
    AttemptSpan attempt = tracing.attempting(delivery(envelope), 1, "http://127.0.0.1/");
    attempt.ended(200, null);
    tracing.delivered(delivery(envelope), new Tracing.DeliveryEnd(1, null));
    export(tracing);

    assertThat(attempt.headers().get("traceparent")).matches("00-" + TRACE + "-[0-9a-f]{16}-00");
    assertThat(attempt.headers()).containsEntry("tracestate", "a=1");
    assertThat(collector.spans()).isEmpty();
  }

  @Test
  void traceThatIsNotSampledHereCostsNoBytes() throws Exception {
    Tracing tracing = tracing("OTEL_TRACES_SAMPLER", "always_off");

    PublishSpan span = tracing.publishing(ONE_CALL, TraceCarrier.NONE);

    assertThat(span.carried()).isNull();
    export(tracing);
  }

  @Test
  void eventsOfAnArrayShareASpan() throws Exception {
    Tracing tracing = tracing();
    PublishedEvents mixed = new PublishedEvents(3, TENANT, null, null);

    tracing
        .publishing(mixed, headers("traceparent", PARENT))
        .ended(new PublishEnd(null, 2, false, "limit_reached"));
    export(tracing);

    Received span = one("publish");
    assertThat(span.failed()).isTrue();
    assertThat(span.attributes())
        .containsEntry("messaging.batch.message_count", "3")
        .containsEntry("error.type", "limit_reached")
        .containsEntry("switchboard.webhook.deliveries", "2");
  }

  @Test
  void idOfAPresenceEventIsNotShownBecauseItNamesTheUser() throws Exception {
    Tracing tracing = tracing();

    tracing
        .publishing(ONE_CALL, headers("traceparent", PARENT))
        .ended(new PublishEnd(new EventId("presence:456:17"), 0, false, null));
    export(tracing);

    assertThat(one("publish callcenter:calls:{tenant}").get("messaging.message.id")).isEmpty();
  }

  @Test
  void standardVariablesNameServiceAndHeaders() throws Exception {
    Tracing tracing =
        tracing(
            "OTEL_SERVICE_NAME", "events",
            "OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test",
            "OTEL_EXPORTER_OTLP_HEADERS", "api-key=of-the-collector",
            "OTEL_EXPORTER_OTLP_COMPRESSION", "gzip");

    tracing.publishing(ONE_CALL, TraceCarrier.NONE).ended(new PublishEnd(null, 0, false, null));
    export(tracing);

    assertThat(collector.spans().get(0).resource())
        .containsEntry("service.name", "events")
        .containsEntry("service.instance.id", "node 1,a=b")
        .containsEntry("service.version", "1.2.3")
        .containsEntry("deployment.environment.name", "test");
    assertThat(collector.requests().get(0)).containsEntry("Api-key", List.of("of-the-collector"));
  }

  @Test
  void propagatorsMayBeSwitchedOff() throws Exception {
    Tracing tracing = tracing("OTEL_PROPAGATORS", "none");

    PublishSpan span = tracing.publishing(ONE_CALL, headers("traceparent", PARENT));
    byte[] envelope = envelope(span);
    AttemptSpan attempt = tracing.attempting(delivery(envelope), 1, "http://127.0.0.1/");

    assertThat(attempt.headers()).isEmpty();
    assertThat(requireNonNull(span.carried()).traceparent()).doesNotContain(TRACE);
    export(tracing);
  }

  @ParameterizedTest
  @CsvSource({
    "OTEL_TRACES_SAMPLER,often",
    "OTEL_BSP_SCHEDULE_DELAY,soon",
    "OTEL_PROPAGATORS,pigeon",
    "OTEL_EXPORTER_OTLP_HEADERS,a-secret-without-a-name"
  })
  void invalidVariableIsNamedWithoutSecrets(String variable, String value) {
    assertThatThrownBy(() -> tracing(variable, value))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("the environment has 1 problem")
        .message()
        .doesNotContain("secret");
  }

  @Test
  void collectorThatIsAwayHoldsNothingUp() throws Exception {
    collector.close();
    Tracing tracing = tracing("OTEL_EXPORTER_OTLP_TIMEOUT", "500");

    tracing.publishing(ONE_CALL, TraceCarrier.NONE).ended(new PublishEnd(null, 0, false, null));

    export(tracing);
  }
}
