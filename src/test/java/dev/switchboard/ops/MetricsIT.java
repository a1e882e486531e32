package dev.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Scrape;
import dev.switchboard.support.SseClient;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code /metrics} shows of sessions, events, requests and stores. */
@SuppressWarnings("NullAway.Init")
class MetricsIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String LISTED = "tenant-listed";
  private static final String OTHER = "tenant-that-nobody-listed";
  private static TestNode node;

  @BeforeAll
  static void startNode() {
    JsonObject config = TestNode.config(stores);
    config.put("metrics", new JsonObject().put("tenants", new JsonArray().add(LISTED)));
    config.put("sessions", new JsonObject().put("inboundPerSecond", 5).put("heartbeat", "1s"));
    config.put("ingest", new JsonObject().put("ratePerTenant", 20));
    node = TestNode.start(config);
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  private static JsonObject event(String tenant) {
    return new JsonObject()
        .put("tenant_id", tenant)
        .put("type", "call.incoming")
        .put("payload", new JsonObject().put("caller_id", "+1"));
  }

  @Test
  void sessionsAreCountedByTransportAndRoleWhileTheyLast() {
    String agent = TestTokens.user(OTHER, "1", "agent");
    try (WsClient socket = WsClient.signIn(node, agent);
        SseClient stream = SseClient.open(node, "", "Authorization", "Bearer " + agent)) {
      assertThat(stream.next().data().getString("type")).isEqualTo("connected");

      Scrape scrape = Scrape.of(node);
      assertThat(signedIn(scrape, "websocket")).isEqualTo(1);
      assertThat(signedIn(scrape, "sse")).isEqualTo(1);
      assertThat(scrape.sum("switchboard_sessions")).isEqualTo(2);
      Waiting.until(
          "the user counts as online",
          () -> Scrape.of(node).sum("switchboard_presence_online") == 1);

      socket.send("auth", new JsonObject().put("token", TestTokens.user(OTHER, "1", "supervisor")));
      assertThat(socket.next().getString("type")).isEqualTo("authenticated");
      assertThat(signedIn(Scrape.of(node), "websocket")).isZero();
    }
    Waiting.until(
        "both are gone", () -> Scrape.of(node).sum("switchboard_sessions_signed_in") == 0);
    Waiting.until(
        "the user is not online", () -> Scrape.of(node).sum("switchboard_presence_online") == 0);
  }

  private static double signedIn(Scrape scrape, String transport) {
    return scrape.sum("switchboard_sessions_signed_in", "transport", transport, "role", "agent");
  }

  @Test
  void messagesBytesAndTheirDelayAreMeasured() {
    Scrape before = Scrape.of(node);
    try (WsClient socket = WsClient.signIn(node, TestTokens.user(OTHER, "2"))) {
      node.publish(event(OTHER));
      assertThat(socket.next().getString("type")).isEqualTo("call.incoming");
      socket.send("ping", new JsonObject());
      assertThat(socket.next().getString("type")).isEqualTo("pong");
    }

    Scrape after = Scrape.of(node);
    assertThat(more(before, after, "switchboard_messages_sent_total")).isGreaterThanOrEqualTo(3);
    assertThat(more(before, after, "switchboard_messages_sent_bytes_total")).isGreaterThan(200);
    assertThat(more(before, after, "switchboard_messages_received_total"))
        .isGreaterThanOrEqualTo(1);
    assertThat(more(before, after, "switchboard_messages_received_bytes_total"))
        .isGreaterThanOrEqualTo("{\"type\":\"ping\",\"payload\":{}}".length());
    assertThat(more(before, after, "switchboard_events_delivery_seconds_count"))
        .isGreaterThanOrEqualTo(1);
    assertThat(after.sum("switchboard_events_delivery_seconds_bucket", "le", "60.0"))
        .isEqualTo(after.sum("switchboard_events_delivery_seconds_count"));
    assertThat(more(before, after, "switchboard_events_acceptance_seconds_count"))
        .isGreaterThanOrEqualTo(1);
    assertThat(after.has("switchboard_events_acceptance_seconds_bucket")).isTrue();
    assertThat(after.sum("switchboard_events_in_flight")).isZero();
  }

  @Test
  void recoveriesAreCountedByResult() {
    Scrape before = Scrape.of(node);
    String token = TestTokens.user(OTHER, "3");
    String position;
    try (WsClient first = WsClient.signIn(node, token)) {
      position = first.connected().getString("position");
    }
    try (WsClient resumed = WsClient.signIn(node, "/ws?after=" + position, token)) {
      assertThat(resumed.connected().getBoolean("recovered")).isTrue();
    }
    String invented = position.replaceAll("^[^.~-]*", "invented");
    try (WsClient lost = WsClient.signIn(node, "/ws?after=" + invented, token)) {
      assertThat(lost.connected().getBoolean("recovered")).isFalse();
    }

    Scrape after = Scrape.of(node);
    assertThat(more(before, after, "switchboard_sessions_recoveries_total", "result", "COMPLETE"))
        .isEqualTo(1);
    assertThat(more(before, after, "switchboard_sessions_recoveries_total", "result", "LOST"))
        .isEqualTo(1);
  }

  @Test
  void refusedCredentialsAreCountedByReason() {
    Scrape before = Scrape.of(node);

    HttpResponse<String> forged =
        node.get("/api/v1/ws/stats", TestTokens.service().replaceAll("[^.]*$", "c2lnbmVk"));
    HttpResponse<String> unknown = node.get("/api/v1/ws/stats", "sk_" + "0".repeat(43));

    assertThat(forged.statusCode()).isEqualTo(401);
    assertThat(unknown.statusCode()).isEqualTo(401);
    Scrape after = Scrape.of(node);
    assertThat(more(before, after, "switchboard_auth_refusals_total")).isGreaterThanOrEqualTo(2);
    assertThat(more(before, after, "switchboard_auth_refusals_total", "reason", "SIGNATURE"))
        .isEqualTo(1);
  }

  @Test
  void whatIsTooMuchIsCountedByLimit() {
    try (WsClient eager = WsClient.signIn(node, TestTokens.user(OTHER, "4"))) {
      IntStream.range(0, 30).forEach(i -> eager.send("ping", new JsonObject()));
      Waiting.until(
          "messages are refused",
          () -> Scrape.of(node).sum("switchboard_rate_limited_total", "limit", "session") > 0);
    }
    JsonArray many = new JsonArray();
    IntStream.range(0, 100).forEach(i -> many.add(event("tenant-with-a-flood")));

    HttpResponse<String> first = node.post("/api/v1/events", many.encode(), TestTokens.service());
    HttpResponse<String> flood = node.post("/api/v1/events", many.encode(), TestTokens.service());

    assertThat(first.statusCode() + flood.statusCode()).isGreaterThanOrEqualTo(202 + 429);
    assertThat(Scrape.of(node).sum("switchboard_rate_limited_total", "limit", "tenant"))
        .isGreaterThanOrEqualTo(1);
  }

  @Test
  void requestsAreCountedByRouteAndStatusWithoutWhatClientsInvent() {
    Scrape before = Scrape.of(node);

    node.get("/api/v1/tenants/" + OTHER + "/presence/1", TestTokens.service());
    node.get("/api/v1/tenants/" + OTHER + "/presence/1", "wrong");
    node.get("/invented/by-a-client", TestTokens.service());
    node.call("BREW", "/api/v1/events", null);

    Scrape after = Scrape.of(node);
    String route = "/api/v1/tenants/:tenant/presence/:user";
    String requests = "switchboard_http_requests_total";
    assertThat(more(before, after, requests, "route", route, "method", "GET", "status", "2xx"))
        .isEqualTo(1);
    assertThat(more(before, after, requests, "route", route, "status", "4xx")).isEqualTo(1);
    assertThat(more(before, after, requests, "route", "other", "status", "4xx"))
        .isGreaterThanOrEqualTo(1);
    assertThat(after.valuesOf(requests, "method")).doesNotContain("BREW");
    assertThat(after.valuesOf(requests, "route")).noneMatch(path -> path.contains("invented"));
    assertThat(after.sum("switchboard_http_response_seconds_count", "route", route))
        .isGreaterThanOrEqualTo(2);
  }

  @Test
  void storesLoopsAndTheBuildAreShown() {
    node.publish(event(OTHER));

    Waiting.until("the loops are measured", () -> loopsAreMeasured(Scrape.of(node)));
    Scrape scrape = Scrape.of(node);
    assertThat(scrape.sum("switchboard_store_call_seconds_count", "store", "redis")).isPositive();
    assertThat(scrape.sum("switchboard_store_call_seconds_count", "store", "postgres"))
        .isPositive();
    assertThat(scrape.valuesOf("switchboard_store_errors_total", "kind"))
        .containsExactlyInAnyOrder("refused", "unreachable");
    assertThat(scrape.sum("switchboard_node_ready")).isEqualTo(1);
    assertThat(scrape.sum("switchboard_build_info")).isEqualTo(1);
    assertThat(scrape.labelsOf("switchboard_build_info")).contains("version", "java");
    assertThat(scrape.has("switchboard_sessions_queued_bytes")).isTrue();
    assertThat(scrape.valuesOf("switchboard_sessions_resyncs_total", "reason"))
        .contains("trimmed", "epoch");
  }

  private static boolean loopsAreMeasured(Scrape scrape) {
    return scrape.valuesOf("switchboard_eventloop_lag_seconds_count", "loop").stream()
            .filter(loop -> scrape.sum("switchboard_eventloop_lag_seconds_count", "loop", loop) > 0)
            .toList()
            .size()
        == 3;
  }

  @Test
  void onlyListedTenantsHaveMetricsOfTheirOwn() {
    try (WsClient listed = WsClient.signIn(node, TestTokens.user(LISTED, "1"));
        WsClient other = WsClient.signIn(node, TestTokens.user(OTHER, "5"))) {
      node.publish(event(LISTED));
      node.publish(event(OTHER));
      node.publish(event(LISTED).put("keep", "calls/1").put("keep_for", 3_600));

      Scrape scrape = Scrape.of(node);
      assertThat(scrape.sum("switchboard_tenant_sessions", "tenant", LISTED)).isEqualTo(1);
      assertThat(
              scrape.sum(
                  "switchboard_tenant_events_total", "tenant", LISTED, "outcome", "ACCEPTED"))
          .isGreaterThanOrEqualTo(2);
      assertThat(scrape.labelsOf("switchboard_tenant_kept_keys")).containsExactly("tenant");
      assertThat(node.manage("/metrics").body()).doesNotContain(OTHER);
      Waiting.until(
          "the kept event counts",
          () -> Scrape.of(node).sum("switchboard_tenant_kept_keys", "tenant", LISTED) == 1);
      assertThat(Scrape.of(node).sum("switchboard_tenant_kept_bytes", "tenant", LISTED))
          .isPositive();
      assertThat(listed.connected()).isNotEqualTo(other.connected());
    }
  }

  @Test
  void rangeOfLatenciesAddsUpOverNodes() {
    Scrape scrape = Scrape.of(node);
    for (String name :
        new String[] {
          "switchboard_events_delivery_seconds",
          "switchboard_events_acceptance_seconds",
          "switchboard_store_call_seconds",
          "switchboard_eventloop_lag_seconds",
          "switchboard_kept_page_reads_seconds"
        }) {
      assertThat(scrape.has(name + "_bucket")).as(name).isTrue();
      assertThat(scrape.labelsOf(name)).as("%s has no quantiles", name).isEmpty();
    }
  }

  private static double more(Scrape before, Scrape after, String name, String... labels) {
    return after.sum(name, labels) - before.sum(name, labels);
  }
}
