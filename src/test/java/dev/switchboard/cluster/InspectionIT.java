package dev.switchboard.cluster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.SseClient;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What operators see of a cluster, asked on one node about the other. */
@SuppressWarnings("NullAway.Init")
class InspectionIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String NODES = "GET /api/v1/nodes";
  private static final String REFUSALS = "GET /api/v1/refusals";
  private static final String SESSIONS = "GET /api/v1/tenants/mine/users/u/sessions";
  private static final String TRACE = "HEAD /api/v1/tenants/mine/trace";
  private static final String END =
      "DELETE /api/v1/tenants/mine/users/u/sessions/00000000-0000-0000-0000-000000000000";

  private static final Map<String, String> CALLERS =
      Map.of(
          "service of all tenants", TestTokens.service(),
          "service of the tenant", serviceOf("mine"),
          "service of another tenant", serviceOf("theirs"),
          "admin", TestTokens.user("mine", "boss", "admin"),
          "admin of another tenant", TestTokens.user("theirs", "boss", "admin"),
          "supervisor", TestTokens.user("mine", "s", "supervisor"),
          "agent", TestTokens.user("mine", "a"),
          "nobody", "");

  private static TestNode first;
  private static TestNode second;

  private final String tenant = "t-" + UUID.randomUUID().toString().substring(0, 8);
  private final String admin = TestTokens.user(tenant, "boss", "admin");

  @BeforeAll
  static void startNodes() {
    first = TestNode.start(named("first"));
    second = TestNode.start(named("second"));
  }

  private static JsonObject named(String name) {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("node").put("name", name);
    return config;
  }

  @AfterAll
  static void stopNodes() {
    second.close();
    first.close();
  }

  static Stream<Arguments> callersAndCalls() {
    Set<String> ofTheTenant = Set.of("service of all tenants", "service of the tenant", "admin");
    Map<String, Set<String>> allowed =
        Map.of(
            NODES, Set.of("service of all tenants"),
            // Callers of another tenant see what concerns that one.
            REFUSALS,
                Set.of(
                    "service of all tenants",
                    "service of the tenant",
                    "service of another tenant",
                    "admin",
                    "admin of another tenant"),
            SESSIONS, ofTheTenant,
            TRACE, ofTheTenant,
            END, ofTheTenant);
    return allowed.entrySet().stream()
        .flatMap(
            call ->
                CALLERS.keySet().stream()
                    .map(
                        caller ->
                            Arguments.of(call.getKey(), caller, call.getValue().contains(caller))));
  }

  @ParameterizedTest
  @MethodSource("callersAndCalls")
  void callIsForWhoMayMakeIt(String call, String caller, boolean allowed) {
    String credential = requireNonNull(CALLERS.get(caller));
    String[] parts = call.split(" ");

    HttpResponse<String> answer =
        credential.isEmpty()
            ? second.call(parts[0], parts[1], null)
            : second.call(parts[0], parts[1], null, "Authorization", "Bearer " + credential);

    int expected = credential.isEmpty() ? 401 : allowed ? (call.equals(END) ? 202 : 200) : 403;
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(expected);
  }

  @Test
  void nodesAndTheTotalsOfTheClusterAreShownByEachNode() {
    String user = TestTokens.user(tenant, "u");
    try (WsClient socket = WsClient.signIn(first, user);
        SseClient stream = SseClient.open(second, "", "Authorization", "Bearer " + user)) {
      assertThat(socket.connected()).isNotNull();
      assertThat(stream.next().data().getString("type")).isEqualTo("connected");

      Waiting.until(
          "both nodes report their sessions and an event",
          () -> {
            JsonObject unused = first.publish(event("alert"));
            JsonObject nodes = nodes(second);
            return nodes.getJsonArray("nodes").size() == 2
                && node(nodes, "first").getJsonObject("sessions").getInteger("websocket") >= 1
                && node(nodes, "first").getJsonObject("events_per_second").getDouble("accepted") > 0
                && node(nodes, "first").getJsonObject("events_per_second").getDouble("delivered")
                    > 0
                && node(nodes, "second").getJsonObject("sessions").getInteger("stream") >= 1
                && nodes.getJsonObject("totals").getInteger("users_online") >= 1
                && nodes.getJsonObject("totals").getValue("deliveries_owed") != null;
          });

      JsonObject nodes = nodes(first);
      JsonObject totals = nodes.getJsonObject("totals");
      assertThat(totals.getInteger("nodes")).isEqualTo(2);
      assertThat(totals.getInteger("sessions")).isGreaterThanOrEqualTo(2);
      assertThat(totals.getInteger("deliveries_owed")).isZero();
      assertThat(totals.getInteger("webhooks_failing")).isZero();
      assertThat(totals.getDouble("oldest_due_seconds")).isZero();
      assertThat(nodes.getJsonObject("stores"))
          .isEqualTo(new JsonObject().put("redis", "up").put("postgres", "up"));
      JsonObject one = node(nodes, "first");
      assertThat(one.getString("state")).isEqualTo("ready");
      assertThat(one.getString("version")).isNotEmpty();
      assertThat(Instant.parse(one.getString("started_at")))
          .isBefore(Instant.parse(one.getString("last_seen_at")));
      assertThat(one.getLong("heap_used_bytes"))
          .isPositive()
          .isLessThanOrEqualTo(one.getLong("heap_max_bytes"));
      assertThat(one.getLong("backlog_bytes")).isNotNegative();
      assertThat(one.getLong("loop_lag_ms")).isNotNegative();
      assertThat(one.getInteger("breakers_open")).isZero();
      assertThat(one.getJsonArray("problems")).isEmpty();
    }
  }

  @Test
  void sessionsOfAUserOnTheOtherNodeAreListedAndEndedOneByOne() {
    String user = TestTokens.user(tenant, "u");
    String topic = "callcenter:custom:alerts";
    try (WsClient ended = WsClient.signIn(first, "/ws?events=call.*,alert&topics=" + topic, user);
        WsClient stays = WsClient.signIn(first, user);
        WsClient other = WsClient.signIn(first, TestTokens.user(tenant, "other"))) {
      JsonArray sessions = sessions("u").getJsonArray("sessions");

      assertThat(sessions).hasSize(2);
      JsonObject found = (JsonObject) byId(sessions, sessionId(ended));
      assertThat(found.getString("node")).isEqualTo("first");
      assertThat(found.getString("transport")).isEqualTo("websocket");
      assertThat(found.getString("address")).isEqualTo("127.0.0.1");
      assertThat(found.getString("role")).isEqualTo("agent");
      assertThat(found.getJsonArray("patterns")).containsExactlyInAnyOrder("alert", "call.*");
      assertThat(found.getJsonArray("topics")).containsExactly(topic);
      assertThat(found.getJsonArray("kept")).isEmpty();
      assertThat(Instant.parse(found.getString("connected_at")))
          .isBeforeOrEqualTo(Instant.parse(found.getString("last_seen_at")).plusMillis(50));
      assertThat(sessions("u").getJsonArray("silent_nodes")).isEmpty();
      assertThat(sessions("u").getBoolean("truncated")).isFalse();

      HttpResponse<String> answer =
          second.call(
              "DELETE",
              "/api/v1/tenants/" + tenant + "/users/u/sessions/" + sessionId(ended),
              null,
              "Authorization",
              "Bearer " + admin);

      assertThat(answer.statusCode()).isEqualTo(202);
      assertThat(ended.awaitClose().code()).isEqualTo(4410);
      assertThat(stays.ping()).isNotNull();
      assertThat(other.ping()).isNotNull();
      assertThat(sessions("u").getJsonArray("sessions")).hasSize(1);
    }
  }

  @Test
  void refusalsOfTheOtherNodeAreListedWithoutSecrets() {
    String stranger = "a-secret-that-is-no-token";
    for (int i = 0; i < 3; i++) {
      assertThat(first.get("/api/v1/ws/stats", stranger).statusCode()).isEqualTo(401);
    }
    assertThat(first.post("/api/v1/events", "{}", admin).statusCode()).isEqualTo(400);
    assertThat(first.get("/api/v1/nodes", admin).statusCode()).isEqualTo(403);
    try (WsClient socket = WsClient.signIn(first, TestTokens.user(tenant, "talker"))) {
      socket.sendText("x".repeat(1 << 20));
      assertThat(socket.awaitClose().code()).isEqualTo(1009);
    }

    HttpResponse<String> all = second.get("/api/v1/refusals", TestTokens.service());
    HttpResponse<String> own = second.get("/api/v1/refusals", admin);

    assertThat(all.statusCode()).isEqualTo(200);
    assertThat(all.body()).doesNotContain(stranger).doesNotContain(admin);
    List<JsonObject> listed = refusals(all);
    JsonObject unknown = one(listed, "unauthenticated", null);
    assertThat(unknown.getString("node")).isEqualTo("first");
    assertThat(unknown.getString("where")).isEqualTo("http");
    assertThat(unknown.getInteger("status")).isEqualTo(401);
    assertThat(unknown.getInteger("count")).isGreaterThanOrEqualTo(3);
    assertThat(unknown.getString("address")).isEqualTo("127.0.0.1");
    assertThat(listed)
        .isSortedAccordingTo((a, b) -> b.getString("at").compareTo(a.getString("at")));
    assertThat(one(listed, "invalid-event", tenant).getString("detail")).contains("is required");
    assertThat(refusals(own))
        .extracting(refusal -> refusal.getString("tenant"))
        .containsOnly(tenant);
    assertThat(refusals(own))
        .extracting(refusal -> refusal.getString("reason"))
        .containsExactlyInAnyOrder("invalid-event", "forbidden", "message_too_big");
    JsonObject socket = one(refusals(own), "message_too_big", tenant);
    assertThat(socket.getString("where")).isEqualTo("socket");
    assertThat(socket.getInteger("code")).isEqualTo(1009);
    assertThat(socket.getValue("status")).isNull();
  }

  @Test
  void tenantMayAskAllNodesALimitedNumberOfTimes() {
    String path = "/api/v1/tenants/" + tenant + "/users/u/sessions";
    HttpResponse<String> answer = second.get(path, admin);
    for (int i = 0; i < 500 && answer.statusCode() == 200; i++) {
      answer = second.get(path, admin);
    }

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(429);
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    assertThat(second.get(path, TestTokens.service()).statusCode()).isEqualTo(200);
  }

  private JsonObject event(String type) {
    return new JsonObject().put("tenant_id", tenant).put("type", type).put("payload", 1);
  }

  private JsonObject sessions(String user) {
    HttpResponse<String> answer =
        second.get("/api/v1/tenants/" + tenant + "/users/" + user + "/sessions", admin);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  private static Object byId(JsonArray sessions, String id) {
    return sessions.stream()
        .filter(session -> ((JsonObject) session).getString("id").equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static String sessionId(WsClient client) {
    return client.connected().getString("connection_id");
  }

  private static JsonObject nodes(TestNode asked) {
    HttpResponse<String> answer = asked.get("/api/v1/nodes", TestTokens.service());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  private static JsonObject node(JsonObject nodes, String name) {
    return nodes.getJsonArray("nodes").stream()
        .map(JsonObject.class::cast)
        .filter(node -> node.getString("name").equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<JsonObject> refusals(HttpResponse<String> answer) {
    return new JsonObject(answer.body())
        .getJsonArray("refusals").stream().map(JsonObject.class::cast).toList();
  }

  private static JsonObject one(List<JsonObject> refusals, String reason, @Nullable String tenant) {
    return refusals.stream()
        .filter(
            refusal ->
                refusal.getString("reason").equals(reason)
                    && Objects.equals(refusal.getString("tenant"), tenant)
                    && refusal.getString("node").equals("first"))
        .findFirst()
        .orElseThrow();
  }

  private static String serviceOf(String tenant) {
    return TestTokens.sign(
        new JsonObject()
            .put("svc", true)
            .put("tenant_id", tenant)
            .put("exp", TestTokens.now() + 600));
  }
}
