package dev.switchboard.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Redis stops, freezes and returns, and other programs publish on our channels. */
class RedisTroubleIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(TestNode.config(stores));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static JsonObject alert(String tenant) {
    return new JsonObject().put("tenant_id", tenant).put("type", "alert").put("payload", 1);
  }

  private static HttpResponse<String> tryPublish(String tenant) {
    return node.post("/api/v1/events", alert(tenant).encode(), TestTokens.service());
  }

  @Test
  void socketsStayOpenAndReloadAfterARestartOfRedis() {
    WsClient client = WsClient.signIn(node, TestTokens.user("restart", "1"));
    node.publish(alert("restart"));
    client.next();

    stores.redis().kill();

    assertThat(client.next("degraded")).isNotNull();
    HttpResponse<String> refused = tryPublish("restart");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    stores.redis().restart();
    assertThat(client.next("restored")).isNotNull();
    // A restarted server may have lost its last writes, so clients can't resume the old log.
    assertThat(client.next("resync").getJsonObject("payload").getString("position")).isNotEmpty();
    Waiting.until("events flow again", () -> tryPublish("restart").statusCode() == 202);
    assertThat(client.next("alert")).isNotNull();
  }

  @Test
  void frozenRedisIsNoticedAndNothingIsLostOrRepeated() {
    WsClient client = WsClient.signIn(node, TestTokens.user("frozen", "1"));
    String first = node.publish(alert("frozen")).getString("id");
    assertThat(client.next().getString("id")).isEqualTo(first);

    stores.redis().freeze();
    assertThat(client.next("degraded")).isNotNull();
    assertThat(tryPublish("frozen").statusCode()).isEqualTo(503);
    stores.redis().thaw();

    String last = publishOnceItFlows("frozen");
    List<String> seen = new ArrayList<>();
    boolean restored = false;
    // Events that the frozen server had accepted arrive too, and a filled hole may come first.
    while (!restored || !seen.contains(last)) {
      JsonObject message = client.next();
      restored |= message.getString("type").equals("restored");
      if (message.getString("type").equals("alert")) {
        seen.add(message.getString("id"));
      }
    }
    assertThat(seen).isEqualTo(alertsAfter(first));
  }

  private static List<String> alertsAfter(String id) {
    String path = "/api/v1/tenants/frozen/events?after=" + id;
    return new JsonObject(node.get(path, TestTokens.service()).body())
        .getJsonArray("events").stream()
            .map(JsonObject.class::cast)
            .filter(event -> event.getString("type").equals("alert"))
            .map(event -> event.getString("id"))
            .toList();
  }

  private static String publishOnceItFlows(String tenant) {
    List<String> ids = new ArrayList<>();
    Waiting.until(
        "events flow again",
        () -> {
          HttpResponse<String> answer = tryPublish(tenant);
          return answer.statusCode() == 202
              && ids.add(new JsonObject(answer.body()).getString("id"));
        });
    return ids.get(0);
  }

  @Test
  void eventsMissedByACutSubscriptionAreReadFromTheLog() {
    WsClient client = WsClient.signIn(node, TestTokens.user("cut", "1"));
    node.publish(alert("cut"));
    client.next();

    stores.redis().cli("CLIENT", "KILL", "TYPE", "pubsub");
    String missed = node.publish(alert("cut")).getString("id");

    assertThat(client.next("alert").getString("id")).isEqualTo(missed);
  }

  @Test
  void foreignPublishReachesSocketsLiveWithoutAnInventedId() {
    WsClient client = WsClient.signIn(node, TestTokens.user("foreign", "1"));
    String channel = "callcenter:calls:foreign";

    stores
        .redis()
        .cli(
            "PUBLISH",
            channel,
            "{ \"type\": \"call.incoming\", \"payload\": {\"a\": 1}, \"tenant_id\": \"foreign\" }");
    JsonObject live = client.next();
    assertThat(live.getValue("id")).isNull();
    assertThat(live.getJsonObject("payload").getInteger("a")).isEqualTo(1);

    String epoch = client.ping().getString("position").split(":", -1)[0];
    stores
        .redis()
        .cli(
            "PUBLISH",
            channel,
            "{\"id\":\""
                + epoch
                + ":99\",\"event_id\":\"x\",\"type\":\"call.ended\",\"tenant_id\":\"foreign\","
                + "\"timestamp\":\"2026-01-01T00:00:00.000Z\",\"payload\":{}}");
    JsonObject stripped = client.next();
    assertThat(stripped.getString("type")).isEqualTo("call.ended");
    assertThat(stripped.getValue("id")).isNull();
  }

  @Test
  void garbageAndOtherTenantsEnvelopesAreCountedAndDropped() {
    WsClient client = WsClient.signIn(node, TestTokens.user("garbage", "1"));
    String channel = "callcenter:calls:garbage";
    double before = dropped();

    JsonArray messages =
        new JsonArray()
            .add("not json")
            .add("{\"type\":\"call.ended\"}")
            .add("{\"type\":\"call.ended\",\"tenant_id\":\"other\",\"payload\":1}")
            .add("{\"type\":\"call.ended\",\"tenant_id\":\"garbage\",\"payload\":{}");
    messages.forEach(message -> stores.redis().cli("PUBLISH", channel, (String) message));
    String real = node.publish(alert("garbage")).getString("id");

    assertThat(client.next().getString("id")).isEqualTo(real);
    assertThat(dropped() - before).isEqualTo(4);
  }

  private static double dropped() {
    return node.manage("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("switchboard_bridge_dropped_total"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
