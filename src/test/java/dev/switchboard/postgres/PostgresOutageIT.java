package dev.switchboard.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.auth.ApiKey;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TcpProxy;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WebhookReceiver;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** During an outage of Postgres, requests that need it wait or fail and everything else works. */
class PostgresOutageIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final ApiKey KNOWN = ApiKey.generate();
  private static final ApiKey LATER = ApiKey.generate();

  private static TcpProxy proxy;
  private static TestNode node;
  private static WebhookReceiver receiver;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    JsonObject postgres = config.getJsonObject("postgres");
    proxy = new TcpProxy(postgres.getString("host"), postgres.getInteger("port"));
    String address = proxy.address();
    postgres
        .put("host", "127.0.0.1")
        .put("port", Integer.parseInt(address.substring(address.indexOf(':') + 1)))
        .put("timeout", "1s");
    receiver = new WebhookReceiver();
    stores
        .postgres()
        .execute(
            "INSERT INTO webhooks (tenant_id, name, url, events) VALUES ('owing', 'mine', '"
                + receiver.url()
                + "', '[\"call.*\"]')");
    insert(KNOWN);
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
    receiver.close();
    proxy.close();
  }

  private static void insert(ApiKey key) {
    stores
        .postgres()
        .execute(
            "INSERT INTO api_keys (name, key_hash, scopes) VALUES ('backend', '\\x"
                + HexFormat.of().formatHex(key.hash())
                + "', '{events:write}')");
  }

  private static JsonObject event(String tenant, String type, String id) {
    return new JsonObject()
        .put("tenant_id", tenant)
        .put("type", type)
        .put("event_id", id)
        .put("payload", id);
  }

  private static HttpResponse<String> publish(Object body, ApiKey key) {
    return node.post("/api/v1/events", body.toString(), key.reveal());
  }

  private static String visitorPath() {
    JsonObject request =
        new JsonObject()
            .put("tenant_id", "free")
            .put("name", "shop")
            .put("origins", new JsonArray().add("*"));
    HttpResponse<String> made =
        node.post("/api/v1/widgets", request.encode(), TestTokens.service());
    return "/ws/public/chat-1?widget_key=" + new JsonObject(made.body()).getString("widget_key");
  }

  @Test
  void onlyRequestsThatNeedPostgresAreAffected() {
    WsClient agent = WsClient.signIn(node, TestTokens.user("free", "1"));
    String path = visitorPath();
    WsClient visitor = WsClient.open(node, path);
    assertThat(visitor.next().getString("type")).isEqualTo("connected");
    HttpResponse<String> before = publish(event("owing", "call.ended", "before"), KNOWN);
    assertThat(new JsonObject(before.body()).getInteger("deliveries")).isEqualTo(1);
    assertThat(receiver.next().header("X-Webhook-Event")).isEqualTo("call.ended");

    proxy.cut();
    Waiting.until(
        "the outage is noticed",
        () -> publish(event("free", "alert", "never"), LATER).statusCode() == 503);

    assertThat(publish(event("free", "chat.message", "free-1").put("session_id", "chat-1"), KNOWN))
        .returns(202, HttpResponse::statusCode);
    assertThat(agent.next().getString("event_id")).isEqualTo("free-1");
    assertThat(visitor.next().getString("event_id")).isEqualTo("free-1");
    HttpResponse<String> refused = publish(event("owing", "call.ended", "owed-1"), KNOWN);
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    JsonArray taken = assertItemsOfAnArray();
    assertVisitorsComeAndStay(path, visitor);

    insert(LATER);
    proxy.mend();

    Waiting.until(
        "the key created in the meantime is known",
        () -> publish(event("free", "alert", "free-2"), LATER).statusCode() == 202);
    assertThat(publish(event("free", "alert", "free-3"), ApiKey.generate()).statusCode())
        .isEqualTo(401);
    HttpResponse<String> repeated = publish(event("owing", "call.ended", "owed-1"), KNOWN);
    assertThat(new JsonObject(repeated.body()).getInteger("deliveries")).isEqualTo(1);
    assertThat(receiver.next().text()).contains("owed-1");
    JsonArray settled = new JsonArray(publish(someOwing(), KNOWN).body());
    assertThat(settled.getValue(0)).isEqualTo(taken.getValue(0));
    assertThat(settled.getJsonObject(1).getInteger("deliveries")).isEqualTo(1);
    assertThat(settled.getValue(2)).isEqualTo(taken.getValue(2));
    assertThat(receiver.next().text()).contains("item-2");
    assertThat(visitor.ping()).isNotNull();
  }

  private static JsonArray someOwing() {
    return new JsonArray()
        .add(event("free", "call.ended", "item-1"))
        .add(event("owing", "call.ended", "item-2"))
        .add(event("free", "call.ended", "item-3"));
  }

  /** Each event of an array gets its own result: what was not committed may still be. */
  private static JsonArray assertItemsOfAnArray() {
    HttpResponse<String> answer = publish(someOwing(), KNOWN);

    assertThat(answer.statusCode()).isEqualTo(503);
    JsonArray items = new JsonObject(answer.body()).getJsonArray("errors");
    assertThat(items).hasSize(3);
    for (int taken : new int[] {0, 2}) {
      assertThat(items.getJsonObject(taken).getString("id")).isNotEmpty();
      assertThat(items.getJsonObject(taken).getInteger("deliveries")).isZero();
    }
    assertThat(items.getJsonObject(1).getString("event_id")).isEqualTo("item-2");
    assertThat(items.getJsonObject(1).getString("accepted")).isEqualTo("unknown");
    assertThat(items.getJsonObject(1).containsKey("id")).isFalse();
    return items;
  }

  /** Known keys stay valid; whether an unknown one exists can't be decided. */
  private static void assertVisitorsComeAndStay(String path, WsClient visitor) {
    assertThat(WsClient.open(node, path).next().getString("type")).isEqualTo("connected");
    String unknown = "/ws/public/chat-1?widget_key=unknown";
    // Each table is polled separately; the poll of the widget keys may not have failed yet.
    Waiting.until(
        "it can't be said that a widget key is unknown",
        () -> WsClient.open(node, unknown).awaitClose().code() == 4503);
    assertThat(visitor.closedAlready()).isNull();
  }
}
