package dev.switchboard.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.JarCommand;
import dev.switchboard.support.JarCommand.Result;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.TraceCollector;
import dev.switchboard.support.TraceCollector.Received;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WebhookReceiver;
import dev.switchboard.support.WsClient;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Traces of events over two nodes in processes of their own, as a collector gets them. */
class TracingIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String TENANT = "tenant-123";
  private static final String PUBLISH = "publish callcenter:calls:{tenant}";
  private static final String DELIVER = "deliver callcenter:calls:{tenant}";
  private static final String DELIVERY = "webhook delivery";
  private static final String ATTEMPT = "webhook attempt";

  @TempDir Path directory;

  private final TraceCollector collector = new TraceCollector();
  private final WebhookReceiver receiver = new WebhookReceiver();
  private final String trace = randomHex() + randomHex();
  private final String parent = randomHex();

  private static String randomHex() {
    return String.format("%016x", ThreadLocalRandom.current().nextLong() | 1);
  }

  @AfterEach
  void stop() {
    receiver.close();
    collector.close();
    stores.postgres().execute("DELETE FROM webhooks");
  }

  private TestNode start(String name) {
    return TestNode.startJar(
        config(name),
        Map.of(
            "OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint(), "OTEL_BSP_SCHEDULE_DELAY", "50"));
  }

  private static JsonObject config(String name) {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("node").put("name", name);
    return config;
  }

  private void registerWebhook(TestNode node) {
    stores
        .postgres()
        .execute(
            "INSERT INTO webhooks (tenant_id, name, url, events, secret) VALUES ('"
                + TENANT
                + "', 'traced', '"
                + receiver.url()
                + "services/secret-path?key=1', '[\"call.*\"]', 'your-secret-key')");
    Waiting.until("the webhook is known", () -> deliveries(publish(node)) == 1);
    assertThat(receiver.next().header("X-Webhook-Event")).isEqualTo("call.incoming");
  }

  private static int deliveries(HttpResponse<String> accepted) {
    return new JsonObject(accepted.body()).getInteger("deliveries");
  }

  private static HttpResponse<String> publish(TestNode node, String... headers) {
    return publishAs("call.incoming", node, headers);
  }

  private static HttpResponse<String> publishAs(String type, TestNode node, String... headers) {
    List<String> all = new ArrayList<>(List.of("Authorization", "Bearer " + TestTokens.service()));
    all.addAll(List.of(headers));
    JsonObject event =
        new JsonObject()
            .put("tenant_id", TENANT)
            .put("type", type)
            .put("payload", new JsonObject().put("caller_id", "+15550100"));
    HttpResponse<String> response =
        node.call("POST", "/api/v1/events", event.encode(), all.toArray(String[]::new));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
    return response;
  }

  @Test
  void traceRunsFromTheProducerOverBothNodesToEveryAttempt() {
    try (TestNode first = start("node-a");
        TestNode second = start("node-b")) {
      registerWebhook(first);
      WsClient onFirst = WsClient.signIn(first, TestTokens.user(TENANT, "alice"));
      WsClient onSecond = WsClient.signIn(second, TestTokens.user(TENANT, "bob"));
      awaitLive(first, onFirst, onSecond);
      receiver.answer(503);

      HttpResponse<String> response =
          publish(first, "traceparent", "00-" + trace + "-" + parent + "-01", "tracestate", "v=1");

      String eventId = new JsonObject(response.body()).getString("event_id");
      Received published = one(PUBLISH);
      Received delivery = one(DELIVERY);
      List<Received> attempts = collector.await(trace, ATTEMPT, 2);
      List<Received> delivered = collector.await(trace, DELIVER, 2);
      assertThat(collector.trace(trace)).hasSize(6);
      assertThat(published.parent()).isEqualTo(parent);
      assertThat(published.kind()).isEqualTo(SpanKind.SPAN_KIND_PRODUCER);
      assertThat(published.node()).isEqualTo("node-a");
      assertThat(published.attributes())
          .containsEntry("messaging.system", "switchboard")
          .containsEntry("messaging.operation.type", "send")
          .containsEntry("messaging.destination.name", "callcenter:calls:tenant-123")
          .containsEntry("messaging.message.id", eventId)
          .containsEntry("switchboard.event.type", "call.incoming")
          .containsEntry("switchboard.webhook.deliveries", "1");
      assertThat(delivered).extracting(Received::parent).containsOnly(published.id());
      assertThat(delivered)
          .extracting(Received::node)
          .containsExactlyInAnyOrder("node-a", "node-b");
      assertThat(delivered)
          .allSatisfy(span -> assertThat(span.get("switchboard.sessions")).isEqualTo("1"));
      assertThat(delivery.parent()).isEqualTo(published.id());
      assertThat(delivery.get("switchboard.webhook.attempts")).isEqualTo("2");
      assertThat(delivery.failed()).isFalse();
      assertThat(attempts).extracting(Received::parent).containsOnly(delivery.id());
      assertThat(attempts).extracting(Received::kind).containsOnly(SpanKind.SPAN_KIND_CLIENT);
      verifyCalls(attempts);
      verifyEnvelope(onFirst.next(), published);
      verifyEnvelope(onSecond.next(), published);
      assertThat(collector.spans().toString())
          .doesNotContain("secret", "+15550100", "alice", "bob");
    }
  }

  /**
   * Waits until each session is sent events as they come: at first it reads its inbox, and gets
   * events from the log.
   */
  private void awaitLive(TestNode node, WsClient... sessions) {
    Waiting.until(
        "every session gets events as they come",
        () -> {
          String probe = UUID.randomUUID().toString().replace("-", "");
          publishAs("agent.probe", node, "traceparent", "00-" + probe + "-" + parent + "-01");
          for (WsClient session : sessions) {
            assertThat(session.next().getString("type")).isEqualTo("agent.probe");
          }
          return collector
              .await(probe, "deliver callcenter:agents:{tenant}", sessions.length)
              .stream()
              .allMatch(span -> "1".equals(span.get("switchboard.sessions")));
        });
  }

  private Received one(String name) {
    List<Received> spans = collector.await(trace, name, 1);
    assertThat(spans).hasSize(1);
    return spans.get(0);
  }

  private void verifyCalls(List<Received> attempts) {
    for (int number = 1; number <= 2; number++) {
      WebhookReceiver.Call call = receiver.next();
      Received span = attempt(attempts, number);
      assertThat(call.header("X-Webhook-Attempt")).isEqualTo(Integer.toString(number));
      assertThat(call.header("traceparent")).isEqualTo("00-" + trace + "-" + span.id() + "-01");
      assertThat(call.header("tracestate")).isEqualTo("v=1");
      assertThat(call.text())
          .matches(
              "\\{\"event\":\"call.incoming\",\"timestamp\":\\d+,"
                  + "\"data\":\\{\"caller_id\":\"\\+15550100\"}}");
      assertThat(span.failed()).isEqualTo(number == 1);
      assertThat(span.attributes())
          .containsEntry("http.request.method", "POST")
          .containsEntry("http.response.status_code", number == 1 ? "503" : "200")
          .containsEntry("server.address", "127.0.0.1")
          .containsEntry("server.port", Integer.toString(receiver.port()));
    }
    assertThat(attempt(attempts, 1).get("error.type")).isEqualTo("503");
    assertThat(attempt(attempts, 2).get("http.request.resend_count")).isEqualTo("1");
  }

  private static Received attempt(List<Received> attempts, int number) {
    return attempts.stream()
        .filter(span -> span.get("switchboard.webhook.attempt").equals(Integer.toString(number)))
        .findFirst()
        .orElseThrow();
  }

  private void verifyEnvelope(JsonObject envelope, Received published) {
    assertThat(envelope.getString("traceparent"))
        .isEqualTo("00-" + trace + "-" + published.id() + "-01");
    assertThat(envelope.containsKey("tracestate")).isFalse();
  }

  /** Its webhook is switched off in the meantime, so that only the other node can retry. */
  @Test
  void nodeThatTakesADeliveryOverContinuesItsTrace() {
    try (TestNode first = start("node-a")) {
      registerWebhook(first);
      receiver.answer(500);
      receiver.hold();
      HttpResponse<String> accepted =
          publish(first, "traceparent", "00-" + trace + "-" + parent + "-01", "tracestate", "v=1");
      assertThat(receiver.next().header("X-Webhook-Attempt")).isEqualTo("1");
      stores.postgres().execute("UPDATE webhooks SET is_active = false");
      Waiting.until("the webhook is known to be off", () -> deliveries(publish(first)) == 0);
      receiver.release();
      Received failed = collector.await(trace, ATTEMPT, 1).get(0);
      awaitLogged(new JsonObject(accepted.body()).getString("event_id"));

      first.kill();

      try (TestNode second = start("node-b")) {
        stores.postgres().execute("UPDATE webhooks SET is_active = true");
        List<Received> attempts = collector.await(trace, ATTEMPT, 2);
        Received delivery = one(DELIVERY);
        assertThat(second.output()).isNotEmpty();
        assertThat(failed.node()).isEqualTo("node-a");
        assertThat(attempt(attempts, 2).node()).isEqualTo("node-b");
        assertThat(attempts).extracting(Received::parent).containsOnly(delivery.id());
        assertThat(delivery.parent()).isEqualTo(one(PUBLISH).id());
        WebhookReceiver.Call retried = nextRetry();
        assertThat(retried.header("tracestate")).isEqualTo("v=1");
      }
    }
  }

  private static void awaitLogged(String eventId) {
    Waiting.until(
        "the attempt is logged",
        () ->
            stores
                .postgres()
                .value(
                    "SELECT count(*) FROM webhook_logs WHERE response_code = 500 AND event_id = '"
                        + eventId
                        + "'")
                .equals("1"));
  }

  /**
   * Returns the next second attempt of the trace, and passes over the calls of the events that were
   * published before the webhook was off: those are retried too, in any order.
   */
  private WebhookReceiver.Call nextRetry() {
    WebhookReceiver.Call call = receiver.next();
    while (!isRetryOfTrace(call)) {
      call = receiver.next();
    }
    return call;
  }

  private boolean isRetryOfTrace(WebhookReceiver.Call call) {
    return call.header("X-Webhook-Attempt").equals("2")
        && call.header("traceparent").contains(trace);
  }

  @Test
  void producersDecideWhetherATraceIsSampledAndInvalidOnesAreIgnored() {
    try (TestNode node = start("node-a")) {
      registerWebhook(node);
      WsClient socket = WsClient.signIn(node, TestTokens.user(TENANT, "alice"));

      HttpResponse<String> unused =
          publish(node, "traceparent", "00-" + trace + "-" + parent + "-00");
      assertThat(receiver.next().header("traceparent")).matches("00-" + trace + "-[0-9a-f]{16}-00");
      assertThat(socket.next().getString("traceparent")).endsWith("-00");
      unused = publish(node, "traceparent", "00-" + trace + "-nonsense-01");
      String begun = socket.next().getString("traceparent").substring(3, 35);
      assertThat(begun).isNotEqualTo(trace);
      assertThat(receiver.next().header("traceparent")).startsWith("00-" + begun);
      assertThat(collector.await(begun, PUBLISH, 1).get(0).parent()).isEmpty();
      List<Received> delivered = collector.await(begun, DELIVERY, 1);

      assertThat(delivered).hasSize(1);
      assertThat(collector.trace(trace)).isEmpty();
    }
  }

  @Test
  void messageOfASocketBeginsATrace() {
    try (TestNode node = start("node-a")) {
      WsClient sender = WsClient.signIn(node, TestTokens.user(TENANT, "alice"));

      sender.send(
          new JsonObject()
              .put("type", "chat.message")
              .put("ref", "1")
              .put("payload", new JsonObject().put("text", "hello")));

      String carried = sender.next("chat.message").getString("traceparent").substring(3, 35);
      Received published = collector.await(carried, "publish callcenter:events", 1).get(0);
      Received delivered = collector.await(carried, "deliver callcenter:events", 1).get(0);
      assertThat(published.parent()).isEmpty();
      assertThat(delivered.parent()).isEqualTo(published.id());
      assertThat(collector.spans().toString()).doesNotContain("hello", "alice");
    }
  }

  @Test
  void nodeWithoutTracingLoadsNothingOfOpenTelemetry() throws IOException {
    Path loaded = directory.resolve("classes.log");
    try (TestNode node =
        TestNode.startJar(config("node-a"), Map.of(), "-Xlog:class+load:file=" + loaded)) {
      registerWebhook(node);
      WsClient socket = WsClient.signIn(node, TestTokens.user(TENANT, "alice"));

      HttpResponse<String> unused =
          publish(node, "traceparent", "00-" + trace + "-" + parent + "-01");

      assertThat(Set.copyOf(socket.next().fieldNames()))
          .containsExactlyInAnyOrder("id", "event_id", "type", "tenant_id", "timestamp", "payload");
      assertThat(receiver.next().headers()).doesNotContainKey("Traceparent");
      assertThat(node.terminate()).isZero();
    }
    assertThat(Files.readString(loaded))
        .contains("dev.switchboard.tracing.NoTracing")
        .doesNotContain("io.opentelemetry")
        .doesNotContain("dev.switchboard.tracing.opentelemetry");
  }

  @Test
  void nodeStopsCleanlyWithoutItsCollector() {
    collector.close();
    try (TestNode node = start("node-a")) {
      HttpResponse<String> unused = publish(node);

      assertThat(node.terminate()).isZero();
    }
  }

  @Test
  void unsupportedExporterIsAnErrorOfTheOperator() throws Exception {
    Path file = Files.writeString(directory.resolve("node.json"), config("node-a").encode());
    for (String command : List.of("check", "run")) {
      Result result =
          JarCommand.in(directory)
              .with("OTEL_TRACES_EXPORTER", "zipkin")
              .start(command, "--config", file.toString())
              .await();

      assertThat(result.exitCode()).isEqualTo(2);
      assertThat(result.err())
          .contains("OTEL_TRACES_EXPORTER: \"zipkin\" is not supported; set otlp or none");
    }
  }
}
