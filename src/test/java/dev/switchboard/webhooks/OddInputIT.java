package dev.switchboard.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WebhookReceiver;
import dev.switchboard.webhooks.signing.WebhookVerifier;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows and payloads nobody should write: they harm themselves at most. */
@SuppressWarnings("NullAway.Init")
class OddInputIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String SECRET = "your-secret-key";
  private static final String RETRIES =
      "retry_schedule = (SELECT jsonb_agg(0.3) FROM generate_series(1, 100))";
  private static final String PATH = "/api/v1/webhooks";
  private static TestNode node;

  /** Of each case its own: what a case deleted may be in the node's memory for a while. */
  private final String tenant = "tenant-" + UUID.randomUUID().toString().substring(0, 8);

  private final WebhookTable webhooks = new WebhookTable(stores, tenant);

  @BeforeAll
  static void startNode() {
    JsonObject config = TestNode.config(stores);
    config.put("ingest", new JsonObject().put("maxPayload", "1MiB"));
    node = TestNode.start(config);
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  private static String nested(int depth) {
    return "[".repeat(depth) + "]".repeat(depth);
  }

  @Test
  void unusableRowsAreOwedTheirEventsAndDoNotDelayOthers() {
    String ninesOfAThousandDigits = "9".repeat(1_200);
    List<String> selectingNothing =
        List.of(
            "events = '[null]'",
            "events = '[5]'",
            "events = '[\"Call Incoming\"]'",
            "tenant_id = ''",
            "tenant_id = 'Ünknown tenant'");
    List<String> unusable =
        List.of(
            "events = '" + nested(1_500) + "'",
            "events = '[" + ninesOfAThousandDigits + "]'",
            "headers = '{\"X-A\": 5}'",
            "filter = '{\"a\": {\"$like\": 1}}'",
            "filter = '{\"a\": " + ninesOfAThousandDigits + "}'",
            "filter = jsonb_build_object('a', jsonb_build_object('$in',"
                + " (SELECT jsonb_agg('value-' || n) FROM generate_series(1, 12000) n)))",
            "filter = jsonb_build_object('a', repeat('x', 200000))",
            "secret = 'enc:v1:none:AAAA'");
    try (WebhookReceiver receiver = new WebhookReceiver();
        WebhookReceiver unwanted = new WebhookReceiver()) {
      selectingNothing.forEach(
          columns -> assertThat(webhooks.insert(unwanted.url(), columns)).isPositive());
      unusable.forEach(
          columns -> assertThat(webhooks.insert(unwanted.url(), columns)).isPositive());
      Waiting.until("every row is known", () -> publish("call.incoming", "{}") == unusable.size());
      long odd =
          webhooks.insert(
              receiver.url(),
              "name = '\u96fb\u8a71 \ud83d\ude00', secret = '', retry_schedule = '[\"soon\"]',"
                  + " order_by = 'nothing', timeout = 120,"
                  + " events = (SELECT jsonb_agg('call.number-' || n) || '\"call.incoming\"'"
                  + " FROM generate_series(1, 20000) n)");

      Waiting.until(
          "the usable row is in force",
          () -> publish("call.incoming", "{}") == unusable.size() + 1);

      WebhookReceiver.Call call = receiver.next();
      assertThat(call.header("X-Webhook-ID")).isEqualTo(Long.toString(odd));
      assertThat(call.headers()).doesNotContainKey("X-webhook-signature");
      assertThat(unwanted.unread()).isZero();
      JsonObject read = get("/" + odd);
      assertThat(read.getString("name")).isEqualTo("\u96fb\u8a71 \ud83d\ude00");
      assertThat(read.getBoolean("has_secret")).isFalse();
      assertThat(get("?tenant_id=" + tenant).getJsonArray("webhooks")).hasSize(unusable.size() + 4);
      receiver.answer(500);
      assertThat(publish("call.incoming", "{}")).isEqualTo(unusable.size() + 1);
      assertThat(receiver.next().header("X-Webhook-Attempt")).isEqualTo("1");
      assertThat(receiver.next().header("X-Webhook-Attempt")).isEqualTo("2");
    } finally {
      stores.postgres().execute("DELETE FROM webhooks");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "filter = '{\"a\": {\"$like\": 1}}' | filter = '{\"a\": 1}' | malformed: filter: $like",
        "events = '[\"CALL.INCOMING\"]' | events = '[\"call.incoming\"]' | malformed: events: ",
        "events = '[\"call*\"]' | events = '[\"call.*\"]' | malformed: events: ",
        "headers = '{\"X-A\": 5}' | headers = '{\"X-A\": \"5\"}' | malformed: headers: ",
        "format = 'template', template = '{{#a}}' | template = '{}' | malformed: template: ",
        "ed25519_key = 'none' | ed25519_key = NULL | malformed: ed25519_key: "
      })
  void malformedRowIsCalledOnceItIsCorrected(String wrong, String right, String error) {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      long id = webhooks.insert(receiver.url(), RETRIES + ", " + wrong);
      Waiting.until("the row is known", () -> publish("call.incoming", "{\"a\":1}") == 1);
      Waiting.until("an attempt failed", () -> !webhooks.attempts(id, "id").isEmpty());
      assertThat(webhooks.attempts(id, "outcome")).containsOnly("retrying");
      assertThat(webhooks.attempts(id, "error"))
          .allSatisfy(failed -> assertThat(failed).startsWith(error));
      assertThat(receiver.unread()).isZero();

      stores.postgres().execute("UPDATE webhooks SET " + right + " WHERE id = " + id);

      WebhookReceiver.Call call = receiver.next();
      assertThat(call.header("X-Webhook-ID")).isEqualTo(Long.toString(id));
      assertThat(Integer.parseInt(call.header("X-Webhook-Attempt"))).isGreaterThan(1);
      Waiting.until("nothing is pending", () -> webhooks.pending(id) == 0);
    } finally {
      stores.postgres().execute("DELETE FROM webhooks");
    }
  }

  @Test
  void correctedFilterEndsTheDeliveriesThatItDoesNotSelect() {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      long id = webhooks.insert(receiver.url(), RETRIES + ", filter = '{\"a\": {\"$like\": 1}}'");
      Waiting.until("the row is known", () -> publish("call.incoming", "{\"a\":1}") == 1);
      Waiting.until("an attempt failed", () -> !webhooks.attempts(id, "id").isEmpty());
      assertThat(node.manage("/health/ready").body()).contains("the row of webhook " + id);
      assertThat(node.manage("/metrics").body())
          .contains("switchboard_webhooks_unusable{cause=\"row\"} 1.0");

      stores.postgres().execute("UPDATE webhooks SET filter = '{\"a\": 2}' WHERE id = " + id);

      Waiting.until("nothing is pending", () -> webhooks.pending(id) == 0);
      assertThat(webhooks.attempts(id, "outcome || ' ' || error"))
          .last()
          .asString()
          .startsWith("cancelled not_owed: ");
      assertThat(receiver.unread()).isZero();
      Waiting.until(
          "the node is well", () -> !node.manage("/health/ready").body().contains("problems"));
    } finally {
      stores.postgres().execute("DELETE FROM webhooks");
    }
  }

  @Test
  void rowsOfPlainSqlShowWhatIsWrong() {
    Map<String, String> pointers =
        Map.of(
            "events = '[\"call.incoming\", \"CALL.E\"]'", "/events/1",
            "events = '[\"call*\"]'", "/events/0",
            "events = '[]'", "/events",
            "filter = '{\"a\": {\"$like\": 1}}'", "/filter",
            "filter = jsonb_build_object('a', repeat('x', 200000))", "/filter",
            "headers = '{\"X-A\": \"\u00fc\"}'", "/headers",
            "format = 'template', template = '{{#a}}'", "/template",
            "retry_schedule = '[\"soon\"]'", "/retry_schedule",
            "secret = 'enc:v1:none:AAAA'", "/secret",
            "order_by = 'nothing', ordering = 'strict'", "/order_by");
    try {
      pointers.forEach(
          (columns, pointer) -> {
            long id = webhooks.insert("https://127.0.0.1/", columns);
            assertThat(problems("/" + id).toString()).as(columns).contains("\"" + pointer + "\"");
          });
      long sound = webhooks.insert("https://127.0.0.1/", "retry_count = 1");

      assertThat(problems("/" + sound)).isEmpty();
      assertThat(get("?tenant_id=" + tenant).getJsonArray("webhooks"))
          .hasSize(pointers.size() + 1)
          .allMatch(webhook -> ((JsonObject) webhook).containsKey("problems"));
    } finally {
      stores.postgres().execute("DELETE FROM webhooks");
    }
  }

  @Test
  void controlCharactersOfNamesAreShownEscaped() {
    try {
      long id = webhooks.insert("https://127.0.0.1/", "name = E'red\\u001b[31m\\u009b1m'");

      JsonObject read = get("/" + id);

      assertThat(read.getString("name")).isEqualTo("red\\u001b[31m\\u009b1m");
      assertThat(read.getJsonArray("problems").toString()).contains("\"/name\"");
    } finally {
      stores.postgres().execute("DELETE FROM webhooks");
    }
  }

  @Test
  void changeDoesNotDropAFilterThatCanNotBeRead() {
    try {
      long id =
          webhooks.insert(
              "https://127.0.0.1/", "filter = jsonb_build_object('a', repeat('x', 200000))");

      HttpResponse<String> refused = change(id, "{\"name\":\"other\"}");

      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
      assertThat(refused.body()).contains("\"/filter\"");
      assertThat(change(id, "{\"name\":\"other\",\"filter\":null}").statusCode()).isEqualTo(200);
    } finally {
      stores.postgres().execute("DELETE FROM webhooks");
    }
  }

  private static HttpResponse<String> change(long webhook, String patch) {
    return node.call(
        "PATCH", PATH + "/" + webhook, patch, "Authorization", "Bearer " + TestTokens.service());
  }

  private static JsonArray problems(String path) {
    return get(path).getJsonArray("problems");
  }

  @Test
  void eventWhoseFilterTakesTooLongIsDelivered() {
    String payload = "{\"numbers\":[" + "1,".repeat(60_000) + "1]}";
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      long unused = webhooks.insert(receiver.url(), "filter = '{\"numbers\": -1}'");
      Waiting.until(
          "the filter is in force", () -> publish("call.incoming", "{\"numbers\":[-1]}") == 1);
      WebhookReceiver.Call first = receiver.next();

      assertThat(publish("call.incoming", "{\"numbers\":[1]}")).isZero();
      assertThat(publish("call.incoming", payload)).isEqualTo(1);

      assertThat(first.text()).contains("-1");
      assertThat(receiver.next().text()).endsWith(payload + "}");
    } finally {
      stores.postgres().execute("DELETE FROM webhooks");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/name | {\"name\":\"a\\u0000\"}",
        "/name | {\"name\":\"a\\ud800\"}",
        "/secret | {\"secret\":\"a\\u0000\"}",
        "/secret | {\"secret\":\"a\\udc00\"}",
        "/order_by | {\"order_by\":\"/a\\u0000\"}",
        "/template | {\"format\":\"template\",\"template\":\"a\\u0000\"}",
        "/filter | {\"filter\":{\"a\":{\"$in\":[\"\\u0000\"]}}}",
        "/filter | {\"filter\":{\"a\\ud800\":1}}"
      })
  void webhookThatPostgresCanNotStoreIsRefusedWithTheField(String pointer, String members) {
    // Of two members with one name the second counts.
    String webhook =
        "{\"tenant_id\":\""
            + tenant
            + "\",\"name\":\"mine\",\"url\":\"https://127.0.0.1/\","
            + members.substring(1);
    HttpResponse<String> refused = node.post(PATH, webhook, TestTokens.service());

    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    assertThat(refused.body()).contains("\"pointer\":\"" + pointer + "\"");
  }

  @Test
  void otherCallsRefuseWhatPostgresCanNotStore() {
    try {
      long id = webhooks.insert("https://127.0.0.1/", "retry_count = 1");
      String nul = "\"a\\u0000\"";
      assertRefused(
          node.post(
              PATH + "/" + id + "/rotate-secret", "{\"secret\":" + nul + "}", TestTokens.service()),
          "/secret");
      String widget = "{\"tenant_id\":\"" + tenant + "\",\"name\":%s,\"origins\":[%s]}";
      assertRefused(
          node.post("/api/v1/widgets", widget.formatted(nul, "\"*\""), TestTokens.service()),
          "/name");
      assertRefused(
          node.post("/api/v1/widgets", widget.formatted("\"a\"", nul), TestTokens.service()),
          "/origins/0");
      Map<String, String> parameters =
          Map.of(
              "event=%00", "event ",
              "error=%00", "error ",
              "event_id=%00", "event_id ",
              "since=%2B999999999-01-01T00:00:00Z", "since ",
              "until=0000-01-01T00:00:00Z", "until ",
              "cursor=-9223372036854775_1", "cursor ");
      parameters.forEach(
          (parameter, words) ->
              assertRefused(
                  node.get(PATH + "/" + id + "/logs?" + parameter, TestTokens.service()), words));
    } finally {
      stores.postgres().execute("DELETE FROM webhooks");
    }
  }

  private static void assertRefused(HttpResponse<String> answer, String words) {
    assertThat(answer.statusCode()).as(words + answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains(words);
  }

  @Test
  void idsThatPlainSqlTookAreNotInTheWay() {
    try {
      for (String table : List.of("webhooks", "widget_keys")) {
        String last = stores.postgres().value("SELECT last_value FROM " + table + "_id_seq");
        String columns =
            table.equals("webhooks")
                ? "(id, tenant_id, name, url) SELECT n, '%s', 'taken', 'https://127.0.0.1/'"
                : "(id, tenant_id, name, widget_key, origins) SELECT n, '%s', 'taken', 'wk_' || n,"
                    + " '{*}'";
        stores
            .postgres()
            .execute(
                ("INSERT INTO " + table + " " + columns).formatted(tenant)
                    + " FROM generate_series(%1$s, %1$s + 5) n ON CONFLICT DO NOTHING"
                        .formatted(last));
      }
      String body =
          "{\"tenant_id\":\""
              + tenant
              + "\",\"name\":\"mine\",\"url\":\"https://127.0.0.1/\",\"origins\":[\"*\"]}";

      HttpResponse<String> webhook =
          node.post(PATH, body.replace(",\"origins\":[\"*\"]", ""), TestTokens.service());
      HttpResponse<String> widget = node.post("/api/v1/widgets", body, TestTokens.service());

      assertThat(webhook.statusCode()).as(webhook.body()).isEqualTo(201);
      assertThat(widget.statusCode()).as(widget.body()).isEqualTo(201);
    } finally {
      stores.postgres().execute("DELETE FROM webhooks");
      stores.postgres().execute("DELETE FROM widget_keys");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "timeout = 0",
        "timeout = 121",
        "retry_count = -1",
        "retry_count = 101",
        "events = '{}'",
        "events = '\"call.incoming\"'",
        "events = NULL",
        "url = NULL",
        "rate_limit = 0"
      })
  void valuesOutOfBoundsAreRefusedByPostgres(String columns) {
    assertThatThrownBy(() -> webhooks.insert("https://example.com/", columns))
        .isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[null]", "[true]", "[5]", "[[]]", "[\"call.*\",null]"})
  void eventsMustBeAListOfStrings(String events) {
    HttpResponse<String> refused =
        node.post(
            PATH,
            "{\"tenant_id\":\""
                + tenant
                + "\",\"name\":\"x\",\"url\":\"https://127.0.0.1/\",\"events\":"
                + events
                + "}",
            TestTokens.service());

    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    assertThat(refused.body()).contains("/events/", "must be a string");
    assertThat(stores.postgres().value("SELECT count(*) FROM webhooks WHERE name = 'x'"))
        .isEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\\u0000\"",
        "{\"a\\u0000\":\"\\ud800\",\"b\":\"\\udc00\\ud800\"}",
        "{\"big\":1e400,\"exact\":12345678901234567890123}",
        "{\"data\":{\"timestamp\":1,\"data\":\"\\\",\\\"data\\\":\"}}",
        "null"
      })
  void unusualPayloadsArriveAsSignedAndAreLogged(String payload) {
    assertArrives(payload);
  }

  @Test
  void largestPayloadArrivesAsSignedAndIsLogged() {
    assertArrives("\"" + "x".repeat((1 << 20) - 2) + "\"");
  }

  private void assertArrives(String payload) {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      String filter = "{\"big\": {\"$neq\": 3}}";
      long webhook =
          webhooks.insert(
              receiver.url(),
              "secret = '" + SECRET + "', filter = '" + filter + "', retry_count = 1");
      receiver.answer(500);

      Waiting.until("the webhook is known", () -> publish("call.incoming", payload) == 1);

      WebhookReceiver.Call first = receiver.next();
      WebhookReceiver.Call second = receiver.next();
      assertThat(WebhookVerifier.legacy(SECRET).verifies(first.body(), first.headers()::getFirst))
          .isTrue();
      assertThat(second.body()).isEqualTo(first.body());
      assertThat(first.text()).endsWith(",\"data\":" + payload + "}");
      Waiting.until("both are logged", () -> webhooks.attempts(webhook, "id").size() == 2);
      assertThat(webhooks.attempts(webhook, "payload::text")).containsOnly(first.text());
      String page = node.get(PATH + "/" + webhook + "/logs", TestTokens.service()).body();
      assertThat(new JsonObject(page).getJsonArray("logs")).hasSize(2);
    } finally {
      stores.postgres().execute("DELETE FROM webhooks");
    }
  }

  private int publish(String type, String payload) {
    HttpResponse<String> answer =
        node.post(
            "/api/v1/events",
            "{\"tenant_id\":\""
                + tenant
                + "\",\"type\":\""
                + type
                + "\",\"payload\":"
                + payload
                + "}",
            TestTokens.service());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return new JsonObject(answer.body()).getInteger("deliveries");
  }

  private static JsonObject get(String path) {
    HttpResponse<String> answer = node.get(PATH + path, TestTokens.service());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }
}
