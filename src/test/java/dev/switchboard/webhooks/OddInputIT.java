package dev.switchboard.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WebhookReceiver;
import dev.switchboard.webhooks.signing.WebhookVerifier;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows and payloads nobody should write: they harm themselves at most. */
@SuppressWarnings("NullAway.Init")
class OddInputIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String SECRET = "your-secret-key";
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
  void unreadableRowsDoNotDelayOthers() {
    String ninesOfAThousandDigits = "9".repeat(1_200);
    List<String> unreadable =
        List.of(
            "events = '[null]'",
            "events = '[5]'",
            "events = '[\"Call Incoming\"]'",
            "events = '" + nested(1_500) + "'",
            "events = '[" + ninesOfAThousandDigits + "]'",
            "retry_schedule = '[null]'",
            "retry_schedule = '[\"soon\"]'",
            "headers = '{\"X-A\": 5}'",
            "filter = '{\"a\": {\"$like\": 1}}'",
            "filter = '{\"a\": " + ninesOfAThousandDigits + "}'",
            "order_by = 'nothing', ordering = 'strict'",
            "secret = 'enc:v1:none:AAAA'",
            "tenant_id = ''",
            "tenant_id = 'Ünknown tenant'");
    try (WebhookReceiver receiver = new WebhookReceiver();
        WebhookReceiver unwanted = new WebhookReceiver()) {
      unreadable.forEach(
          columns -> assertThat(webhooks.insert(unwanted.url(), columns)).isPositive());
      long odd =
          webhooks.insert(
              receiver.url(),
              "name = '\u96fb\u8a71 \ud83d\ude00', secret = '', retry_schedule = '[-5]', timeout = 120,"
                  + " events = (SELECT jsonb_agg('call.number-' || n) || '\"call.incoming\"'"
                  + " FROM generate_series(1, 20000) n)");

      Waiting.until("the readable row is in force", () -> publish("call.incoming", "{}") == 1);

      WebhookReceiver.Call call = receiver.next();
      assertThat(call.header("X-Webhook-ID")).isEqualTo(Long.toString(odd));
      assertThat(call.headers()).doesNotContainKey("X-webhook-signature");
      assertThat(unwanted.unread()).isZero();
      JsonObject read = get("/" + odd);
      assertThat(read.getString("name")).isEqualTo("\u96fb\u8a71 \ud83d\ude00");
      assertThat(read.getBoolean("has_secret")).isFalse();
      assertThat(get("?tenant_id=" + tenant).getJsonArray("webhooks"))
          .hasSize(unreadable.size() - 1);
      assertThat(get("").getJsonArray("webhooks")).hasSize(unreadable.size() - 1);
      receiver.answer(500);
      assertThat(publish("call.incoming", "{}")).isEqualTo(1);
      assertThat(receiver.next().header("X-Webhook-Attempt")).isEqualTo("1");
      assertThat(receiver.next().header("X-Webhook-Attempt")).isEqualTo("2");
    } finally {
      stores.postgres().execute("DELETE FROM webhooks");
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
