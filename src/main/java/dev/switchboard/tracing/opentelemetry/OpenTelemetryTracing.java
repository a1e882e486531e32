package dev.switchboard.tracing.opentelemetry;

import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import dev.switchboard.tracing.AttemptSpan;
import dev.switchboard.tracing.FanOutSpan;
import dev.switchboard.tracing.PublishSpan;
import dev.switchboard.tracing.PublishedEvents;
import dev.switchboard.tracing.TraceCarrier;
import dev.switchboard.tracing.TracedDelivery;
import dev.switchboard.tracing.Tracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes spans with the OpenTelemetry SDK. */
public final class OpenTelemetryTracing implements Tracing {
  private static final Logger log = LoggerFactory.getLogger(OpenTelemetryTracing.class);
  private static final String SYSTEM = "switchboard";

  private final OpenTelemetrySdk sdk;
  private final Tracer tracer;
  private final Contexts contexts;
  private final SpanIds ids;
  private final ChannelForms channels;

  /** What the resource of the spans says of the node, unless the environment says otherwise. */
  public record Identity(String node, String version) {}

  private OpenTelemetryTracing(
      OpenTelemetrySdk sdk, Tracer tracer, SpanIds ids, ChannelForms channels) {
    this.sdk = sdk;
    this.tracer = tracer;
    this.contexts = new Contexts(sdk.getPropagators().getTextMapPropagator());
    this.ids = ids;
    this.channels = channels;
  }

  /**
   * Starts to export spans as these variables say. Blocks for a moment, so not for event loops.
   *
   * @throws ConfigException if a variable is invalid
   */
  public static Tracing start(
      Map<String, String> environment, Identity identity, ChannelForms channels) {
    SpanIds ids = new SpanIds();
    OpenTelemetrySdk sdk = SdkStart.start(environment, identity, ids);
    Tracer tracer =
        sdk.getSdkTracerProvider()
            .tracerBuilder("dev.switchboard")
            .setInstrumentationVersion(identity.version())
            .build();
    log.atInfo().addKeyValue("nodeId", identity.node()).log("Traces are exported by OTLP");
    return new OpenTelemetryTracing(sdk, tracer, ids, channels);
  }

  @Override
  public boolean isOn() {
    return true;
  }

  @Override
  public PublishSpan publishing(PublishedEvents events, TraceCarrier carrier) {
    Context parent = contexts.ofRequest(carrier);
    EventType type = events.type();
    boolean topic = events.topic() != null;
    String form = type == null ? null : channels.of(type, topic);
    SpanBuilder span =
        tracer
            .spanBuilder(form == null ? "publish" : "publish " + form)
            .setParent(parent)
            .setSpanKind(SpanKind.PRODUCER)
            .setAttribute(Attributes.SYSTEM, SYSTEM)
            .setAttribute(Attributes.OPERATION, "publish")
            .setAttribute(Attributes.OPERATION_TYPE, "send");
    if (events.count() > 1) {
      span.setAttribute(Attributes.BATCH_COUNT, (long) events.count());
    }
    describe(span, events.tenant(), type, form);
    boolean continued = Span.fromContext(parent).getSpanContext().isValid();
    return new RecordedPublish(span.startSpan(), continued);
  }

  private static void describe(
      SpanBuilder span,
      @Nullable TenantId tenant,
      @Nullable EventType type,
      @Nullable String form) {
    if (tenant != null) {
      span.setAttribute(Attributes.TENANT, tenant.value());
    }
    if (type != null) {
      span.setAttribute(Attributes.TYPE, type.value());
    }
    if (form == null) {
      return;
    }
    span.setAttribute(Attributes.TEMPLATE, form);
    if (tenant != null && !form.equals("{topic}")) {
      span.setAttribute(Attributes.DESTINATION, form.replace("{tenant}", tenant.value()));
    }
  }

  @Override
  public @Nullable FanOutSpan fanningOut(EnvelopeHead head, byte[] envelope, int hubs) {
    SpanContext parent = Contexts.ofEnvelope(envelope);
    if (parent == null) {
      return null;
    }
    String form = channels.of(head.type(), head.topic() != null);
    SpanBuilder builder =
        tracer
            .spanBuilder("deliver " + form)
            .setParent(Contexts.childrenOf(parent))
            .setSpanKind(SpanKind.CONSUMER)
            .setAttribute(Attributes.SYSTEM, SYSTEM)
            .setAttribute(Attributes.OPERATION, "deliver")
            .setAttribute(Attributes.OPERATION_TYPE, "process");
    describe(builder, head.tenant(), head.type(), form);
    builder.setAttribute(Attributes.MESSAGE_ID, MessageIds.of(head.id()));
    Span span = builder.startSpan();
    return span.isRecording() ? new RecordedFanOut(span, hubs) : null;
  }

  @Override
  public AttemptSpan attempting(TracedDelivery delivery, int attempt, String url) {
    SpanContext publish = Contexts.ofEnvelope(delivery.envelope());
    if (publish == null) {
      return AttemptSpan.NONE;
    }
    SpanContext parent =
        SpanContext.createFromRemoteParent(
            publish.getTraceId(),
            SpanIds.ofDelivery(publish.getSpanId(), delivery.id()),
            publish.getTraceFlags(),
            publish.getTraceState());
    SpanBuilder builder =
        tracer
            .spanBuilder("webhook attempt")
            .setParent(Contexts.childrenOf(parent))
            .setSpanKind(SpanKind.CLIENT)
            .setAttribute(Attributes.METHOD, "POST")
            .setAttribute(Attributes.ATTEMPT, (long) attempt);
    if (attempt > 1) {
      builder.setAttribute(Attributes.RESENDS, attempt - 1L);
    }
    describe(builder, delivery);
    ReceiverAddress.of(url).ifPresent(address -> address.describe(builder));
    Span span = builder.startSpan();
    return new RecordedAttempt(span, contexts.headers(span));
  }

  @Override
  public void delivered(TracedDelivery delivery, DeliveryEnd end) {
    SpanContext publish = Contexts.ofEnvelope(delivery.envelope());
    if (publish == null) {
      return;
    }
    SpanBuilder builder =
        tracer
            .spanBuilder("webhook delivery")
            .setParent(Contexts.childrenOf(publish))
            .setStartTimestamp(delivery.acceptedAt())
            .setAttribute(Attributes.ATTEMPTS, (long) end.attempts());
    describe(builder, delivery);
    String id = SpanIds.ofDelivery(publish.getSpanId(), delivery.id());
    Span span = ids.with(id, builder::startSpan);
    if (end.error() != null) {
      span.setAttribute(Attributes.ERROR_TYPE, end.error());
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }

  private static void describe(SpanBuilder span, TracedDelivery delivery) {
    span.setAttribute(Attributes.TENANT, delivery.tenant().value());
    span.setAttribute(Attributes.TYPE, delivery.type().value());
    span.setAttribute(Attributes.WEBHOOK, delivery.webhook());
    span.setAttribute(Attributes.MESSAGE_ID, MessageIds.of(delivery.event()));
  }

  @Override
  public Future<Void> close() {
    // A promise without a context: it is completed by a thread of the SDK.
    Promise<Void> closed = Promise.promise();
    CompletableResultCode exported = sdk.shutdown();
    CompletableResultCode unused = exported.whenComplete(() -> ended(exported, closed));
    return closed.future();
  }

  private static void ended(CompletableResultCode exported, Promise<Void> closed) {
    if (!exported.isSuccess()) {
      log.warn("The last spans could not be exported");
    }
    closed.complete();
  }
}
