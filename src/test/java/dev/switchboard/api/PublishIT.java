package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.switchboard.auth.ApiKey;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code POST /api/v1/events} answers, to good input and bad. */
class PublishIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.put("ingest", new JsonObject().put("maxBody", "200KiB"));
    config.getJsonObject("http").put("trustedProxies", new JsonArray().add("127.0.0.0/8"));
    config.put(
        "schemas",
        new JsonObject()
            .put("tenants", new JsonObject().put("enforce", new JsonArray().add("strict"))));
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static HttpResponse<String> post(String body) {
    return node.post("/api/v1/events", body, TestTokens.service());
  }

  @CanIgnoreReturnValue
  private static JsonObject problem(HttpResponse<String> response, int status, String type) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    JsonObject problem = new JsonObject(response.body());
    assertThat(problem.getString("type")).isEqualTo("/problems/" + type);
    assertThat(problem.getString("detail")).isNotEmpty();
    return problem;
  }

  private static String event(String tenant) {
    return new JsonObject()
        .put("tenant_id", tenant)
        .put("type", "alert")
        .put("payload", "p")
        .encode();
  }

  @Test
  void arrayIsAnsweredInItsOrder() {
    JsonArray events = new JsonArray();
    IntStream.range(0, 500)
        .forEach(
            i ->
                events.add(
                    new JsonObject()
                        .put("tenant_id", "order")
                        .put("type", "alert")
                        .put("event_id", "e" + i)
                        .put("payload", i)));

    HttpResponse<String> response = post(events.encode());

    JsonArray answers = new JsonArray(response.body());
    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(answers.stream().map(a -> ((JsonObject) a).getString("event_id")))
        .containsExactlyElementsOf(IntStream.range(0, 500).mapToObj(i -> "e" + i).toList());
    assertThat(answers.stream().map(a -> offset((JsonObject) a)))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 500).boxed().toList());
  }

  private static int offset(JsonObject answer) {
    String id = answer.getString("id");
    return Integer.parseInt(id.substring(id.indexOf(':') + 1));
  }

  @Test
  void outcomesOfEventsAreCounted() {
    double accepted = counted("ACCEPTED");
    double repeated = counted("REPEATED");
    String event =
        "{\"tenant_id\":\"counted\",\"type\":\"alert\",\"event_id\":\"1\",\"payload\":1}";

    assertThat(post(event).statusCode()).isEqualTo(202);
    assertThat(post(event).statusCode()).isEqualTo(202);

    assertThat(counted("ACCEPTED")).isGreaterThanOrEqualTo(accepted + 1);
    assertThat(counted("REPEATED")).isEqualTo(repeated + 1);
  }

  private static double counted(String outcome) {
    String line = "switchboard_events_total{outcome=\"" + outcome + "\"} ";
    return node.manage("/metrics")
        .body()
        .lines()
        .filter(metric -> metric.startsWith(line))
        .mapToDouble(metric -> Double.parseDouble(metric.substring(line.length())))
        .sum();
  }

  @Test
  void arrayWithOneBadEventPublishesNothingAndPointsAtIt() {
    HttpResponse<String> response =
        post("[" + event("a") + ",{\"tenant_id\":\"a\",\"type\":\"Bad\",\"payload\":1}]");

    JsonObject problem = problem(response, 400, "invalid-event");
    assertThat(problem.getJsonArray("errors").getJsonObject(0).getString("pointer"))
        .isEqualTo("/1/type");
  }

  @Test
  void malformedBodyIsRefusedWithLineAndColumn() {
    JsonObject problem = problem(post("{\"tenant_id\": \"a\",\n oops}"), 400, "invalid-event");

    assertThat(problem.getString("detail")).contains("line 2");
  }

  @Test
  void emptyBodyIsRefused() {
    problem(post(""), 400, "invalid-event");
  }

  @Test
  void tooManyEventsAndTooLargePayloadsAndBodiesAre413() {
    problem(
        post("[" + (event("a") + ",").repeat(500) + event("a") + "]"), 413, "payload-too-large");
    problem(
        post(
            new JsonObject()
                .put("tenant_id", "a")
                .put("type", "alert")
                .put("payload", "x".repeat(70_000))
                .encode()),
        413,
        "payload-too-large");
    problem(post("x".repeat(300_000)), 413, "payload-too-large");
  }

  @Test
  void whoeverIsNotProvenIs401() {
    problem(node.call("POST", "/api/v1/events", event("a")), 401, "unauthenticated");
    problem(node.post("/api/v1/events", event("a"), "nonsense"), 401, "unauthenticated");
    problem(node.post("/api/v1/events", event("a"), "sbk_nonsense"), 401, "unauthenticated");
  }

  @Test
  void userMayPublishOnlyForItsTenant() {
    String token = TestTokens.user("mine", "1", "admin");

    assertThat(node.post("/api/v1/events", event("mine"), token).statusCode()).isEqualTo(202);
    JsonObject problem =
        problem(node.post("/api/v1/events", event("theirs"), token), 403, "forbidden");
    assertThat(problem.getJsonArray("errors").getJsonObject(0).getString("pointer"))
        .isEqualTo("/tenant_id");
  }

  @Test
  void eventIdsOfAUserHaveItsPrefixOverHttpAndSockets() {
    JsonObject event =
        new JsonObject().put("type", "chat.message").put("event_id", "order-7").put("payload", 1);
    String inTenant = event.copy().put("tenant_id", "ids").encode();
    String agent = TestTokens.user("ids", "1");

    JsonObject agents = new JsonObject(node.post("/api/v1/events", inTenant, agent).body());
    JsonObject others =
        new JsonObject(node.post("/api/v1/events", inTenant, TestTokens.user("ids", "2")).body());
    JsonObject backends = new JsonObject(post(inTenant).body());
    WsClient socket = WsClient.signIn(node, TestTokens.user("ids", "1"));
    socket.send(event.copy().put("ref", 7));
    JsonObject receipt = socket.next("published").getJsonObject("payload");

    assertThat(backends.getString("event_id")).isEqualTo("order-7");
    assertThat(agents.getString("event_id")).matches("s-[0-9a-f]{16}:order-7");
    assertThat(List.of(agents, others, backends))
        .extracting(e -> e.getString("id"))
        .doesNotHaveDuplicates();
    assertThat(receipt.getString("event_id")).isEqualTo(agents.getString("event_id"));
    assertThat(receipt.getString("id")).isEqualTo(agents.getString("id"));
    problem(post(inTenant.replace("order-7", agents.getString("event_id"))), 400, "invalid-event");
  }

  @Test
  void eventIdOfAUserThatIsTooLongIsRefusedByItsMember() {
    String agent = TestTokens.user("ids", "1");
    JsonObject event =
        new JsonObject().put("tenant_id", "ids").put("type", "chat.message").put("payload", 1);
    JsonArray events =
        new JsonArray()
            .add(event.copy().put("event_id", "e".repeat(109)))
            .add(event.copy().put("event_id", "e".repeat(110)));

    HttpResponse<String> refused = node.post("/api/v1/events", events.encode(), agent);

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body())
        .contains("/problems/invalid-event", "\"/1/event_id\"", "1 to 109 characters")
        .doesNotContain("/0/");
    assertThat(node.post("/api/v1/events", events.getJsonObject(0).encode(), agent).statusCode())
        .isEqualTo(202);
  }

  @Test
  void apiKeyInsertedBySqlIsValidUntilItsRevocation() {
    ApiKey key = ApiKey.generate();
    insertKey(key, "'keyed'", "events:write");
    Waiting.until(
        "the key is known",
        () -> node.post("/api/v1/events", event("keyed"), key.reveal()).statusCode() == 202);
    problem(node.post("/api/v1/events", event("other"), key.reveal()), 403, "forbidden");

    stores.postgres().execute("UPDATE api_keys SET revoked_at = now()");

    Waiting.until(
        "the key is refused",
        () -> node.post("/api/v1/events", event("keyed"), key.reveal()).statusCode() == 401);
  }

  @Test
  void keyWithoutTheScopeIs403() {
    ApiKey key = ApiKey.generate();
    insertKey(key, "null", "stats");

    Waiting.until(
        "the key is known",
        () -> node.post("/api/v1/events", event("a"), key.reveal()).statusCode() == 403);
  }

  @Test
  void keyBoundToAddressesWorksBehindATrustedProxy() {
    ApiKey key = ApiKey.generate();
    insertKey(key, "null", "events:write");
    stores
        .postgres()
        .execute(
            "UPDATE api_keys SET source_cidrs = '{203.0.113.0/24}' WHERE key_hash = '\\x"
                + HexFormat.of().formatHex(key.hash())
                + "'");
    String[] right = {"X-Forwarded-For", "198.51.100.1, 203.0.113.9"};
    String[] wrong = {"X-Forwarded-For", "203.0.113.9, 198.51.100.1"};

    Waiting.until(
        "the key is known with its range",
        () -> from(key, right) == 202 && from(key, wrong) == 401);

    assertThat(from(key)).isEqualTo(401);
  }

  private static int from(ApiKey key, String... header) {
    String[] headers = new String[header.length + 2];
    System.arraycopy(header, 0, headers, 0, header.length);
    headers[header.length] = "Authorization";
    headers[header.length + 1] = "Bearer " + key.reveal();
    return node.call("POST", "/api/v1/events", event("proxied"), headers).statusCode();
  }

  @Test
  void payloadThatViolatesItsSchemaIsRefusedIfEnforced() {
    String broken =
        "{\"tenant_id\":\"TENANT\",\"type\":\"call.ended\",\"payload\":{\"unique_id\":7}}";

    JsonObject problem = problem(post(broken.replace("TENANT", "strict")), 400, "invalid-event");

    assertThat(problem.getJsonArray("errors").encode()).contains("\"/payload/unique_id\"");
    assertThat(post(broken.replace("TENANT", "lax")).statusCode()).isEqualTo(202);
    assertThat(node.manage("/metrics").body())
        .contains("switchboard_payload_violations_total{mode=\"enforce\",type=\"call.ended\"}");
  }

  private static void insertKey(ApiKey key, String tenant, String scope) {
    stores
        .postgres()
        .execute(
            "INSERT INTO api_keys (name, key_hash, tenant_id, scopes) VALUES ('t', '\\x"
                + HexFormat.of().formatHex(key.hash())
                + "', "
                + tenant
                + ", '{"
                + scope
                + "}')");
  }

  @Test
  void longBodyOfPlainCurlIsReadAsJson() {
    String body =
        new JsonObject()
            .put("tenant_id", "curl")
            .put("type", "alert")
            .put("payload", "x".repeat(5_000))
            .encode();

    HttpResponse<String> response =
        node.call(
            "POST",
            "/api/v1/events",
            body,
            "Authorization",
            "Bearer " + TestTokens.service(),
            "Content-Type",
            "application/x-www-form-urlencoded");

    assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
  }

  @Test
  void bodyOfAFormWithFilesIsReadAsWhatItIs() {
    String event = "{\"tenant_id\":\"forms\",\"type\":\"alert\",\"payload\":1}";

    for (String type : List.of("multipart/form-data", "Multipart/Form-Data")) {
      assertThat(postAs(type, event).statusCode()).as(type).isEqualTo(202);
    }
    problem(postAs("multipart/form-data", "--b\r\n\r\nvalue\r\n--b--\r\n"), 400, "invalid-event");
  }

  private static HttpResponse<String> postAs(String type, String body) {
    return node.call(
        "POST",
        "/api/v1/events",
        body,
        "Authorization",
        "Bearer " + TestTokens.service(),
        "Content-Type",
        type + "; boundary=b");
  }

  @Test
  void unknownAddressIs404AndWrongMethodIs405() {
    problem(node.call("GET", "/nothing", null), 404, "not-found");
    problem(node.call("PUT", "/api/v1/events", "{}"), 405, "method-not-allowed");
  }

  @Test
  void wrongMethodIsAnsweredWithTheAllowedOnes() {
    assertThat(allowed("/api/v1/events")).isEqualTo("OPTIONS, POST");
    assertThat(allowed("/api/v1/tenants/t/users/7/inbox"))
        .isEqualTo("DELETE, GET, HEAD, OPTIONS, POST");
    assertThat(allowed("/client/switchboard.js")).isEqualTo("GET, HEAD");
    assertThat(allowed("/api/v1/events/stream")).isEqualTo("GET, HEAD, OPTIONS");
  }

  private String allowed(String path) {
    return node.call("PUT", path, "{}").headers().firstValue("Allow").orElse("nothing");
  }

  @Test
  void payloadIsPublishedNormalized() {
    HttpResponse<String> response =
        post(
            "{\"tenant_id\":\"form\",\"type\":\"alert\",\"payload\": {\"b\" : 1.50,"
                + " \"a\":\"\\u00e9\\/\" } }");

    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(stores.redis().cli("XRANGE", "switchboard:log:{form}", "-", "+"))
        .contains("\"payload\":{\"b\":1.5,\"a\":\"é/\"}");
  }

  @Test
  void healthAndMetricsAreOnTheManagementPort() {
    assertThat(node.manage("/health/live").statusCode()).isEqualTo(200);
    assertThat(node.manage("/health/ready").statusCode()).isEqualTo(200);
    assertThat(node.manage("/metrics").body())
        .contains("switchboard_sessions", "jvm_memory_used_bytes", "process_cpu_usage");
  }
}
