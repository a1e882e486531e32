package dev.switchboard.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;

/** A collector that accepts OTLP over HTTP and keeps the spans it gets. */
public final class TraceCollector implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Received> spans = new CopyOnWriteArrayList<>();
  private final List<Map<String, List<String>>> requests = new CopyOnWriteArrayList<>();

  /**
   * A span as it came.
   *
   * @param parent id of its parent; empty if it has none
   * @param attributes texts, numbers and truth values as texts
   * @param resource what made the span
   */
  public record Received(
      String trace,
      String id,
      String parent,
      String name,
      Span.SpanKind kind,
      boolean failed,
      long nanos,
      Map<String, String> attributes,
      Map<String, String> resource) {
    /** Name of the node that made it. */
    public String node() {
      return resource.getOrDefault("service.instance.id", "");
    }

    /** The value of an attribute; empty if it has none of that name. */
    public String get(String attribute) {
      return attributes.getOrDefault(attribute, "");
    }
  }

  /** Listens on a free port of this machine. */
  public TraceCollector() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/v1/traces", this::received);
    server.start();
  }

  private void received(HttpExchange exchange) throws IOException {
    requests.add(Map.copyOf(exchange.getRequestHeaders()));
    ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(body(exchange));
    for (ResourceSpans ofResource : request.getResourceSpansList()) {
      Map<String, String> resource = texts(ofResource.getResource().getAttributesList());
      for (ScopeSpans ofScope : ofResource.getScopeSpansList()) {
        ofScope.getSpansList().forEach(span -> spans.add(read(span, resource)));
      }
    }
    exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  private static InputStream body(HttpExchange exchange) throws IOException {
    String coding = exchange.getRequestHeaders().getFirst("Content-Encoding");
    return "gzip".equals(coding)
        ? new GZIPInputStream(exchange.getRequestBody())
        : exchange.getRequestBody();
  }

  private static Received read(Span span, Map<String, String> resource) {
    HexFormat hex = HexFormat.of();
    return new Received(
        hex.formatHex(span.getTraceId().toByteArray()),
        hex.formatHex(span.getSpanId().toByteArray()),
        hex.formatHex(span.getParentSpanId().toByteArray()),
        span.getName(),
        span.getKind(),
        span.getStatus().getCode() == StatusCode.STATUS_CODE_ERROR,
        span.getEndTimeUnixNano() - span.getStartTimeUnixNano(),
        texts(span.getAttributesList()),
        resource);
  }

  private static Map<String, String> texts(List<KeyValue> attributes) {
    Map<String, String> texts = new HashMap<>();
    attributes.forEach(one -> texts.put(one.getKey(), text(one.getValue())));
    return texts;
  }

  private static String text(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case INT_VALUE -> Long.toString(value.getIntValue());
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      default -> value.toString();
    };
  }

  /** Where it listens, as {@code OTEL_EXPORTER_OTLP_ENDPOINT} names it. */
  public String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Every span so far. */
  public List<Received> spans() {
    return List.copyOf(spans);
  }

  /** The spans of a trace so far. */
  public List<Received> trace(String id) {
    return spans.stream().filter(span -> span.trace().equals(id)).toList();
  }

  /** Waits until a trace has that many spans of that name, and returns them. */
  public List<Received> await(String trace, String name, int count) {
    try {
      Waiting.until(
          count + " spans " + name + " in " + trace, () -> named(trace, name).size() >= count);
    } catch (AssertionError late) {
      throw new AssertionError(late.getMessage() + "; there are " + trace(trace), late);
    }
    return named(trace, name);
  }

  private List<Received> named(String trace, String name) {
    return trace(trace).stream().filter(span -> span.name().equals(name)).toList();
  }

  /** The headers of every request so far. */
  public List<Map<String, List<String>>> requests() {
    return List.copyOf(requests);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
