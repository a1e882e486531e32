package dev.switchboard.sealing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Payloads at rest while encryption is switched on and off and keys change, node by node. */
class EncryptionIT {
  @RegisterExtension static final Stores STORES = new Stores();
  private static final String OLD = "old:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  private static final String NEW = "new:Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";
  private static final String LOST = "lost:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
  private static final AtomicInteger TENANTS = new AtomicInteger();

  private static TestNode plain;
  private static TestNode older;
  private static TestNode newer;
  private static TestNode otherKey;
  private String tenant = "";

  @BeforeAll
  static void startNodes() {
    plain = TestNode.start(config(NEW + "," + OLD, false));
    older = TestNode.start(config(OLD + "," + NEW, true));
    newer = TestNode.start(config(NEW + "," + OLD, true));
    otherKey = TestNode.start(config(LOST, true));
  }

  @AfterAll
  static void stopNodes() {
    plain.close();
    older.close();
    newer.close();
    otherKey.close();
  }

  @BeforeEach
  void newTenant() {
    tenant = "crypt-" + TENANTS.incrementAndGet();
  }

  private static JsonObject config(String keys, boolean payloads) {
    return TestNode.config(STORES)
        .put("sessions", new JsonObject().put("heartbeat", "300ms").put("idleTimeout", "60s"))
        .put("encryption", new JsonObject().put("keys", keys).put("payloads", payloads));
  }

  private JsonObject notification(String id) {
    return new JsonObject()
        .put("tenant_id", tenant)
        .put("type", "notification")
        .put("event_id", id)
        .put("user_id", "7")
        .put("payload", new JsonObject().put("secret", "word-" + id));
  }

  private static String secret(JsonObject message) {
    return message.getJsonObject("payload").getString("secret");
  }

  private String token() {
    return TestTokens.user(tenant, "7");
  }

  private JsonObject history(TestNode node) {
    return new JsonObject(
        node.get("/api/v1/tenants/" + tenant + "/events?limit=50", TestTokens.service()).body());
  }

  /** Leaves out events about presence. */
  private static List<String> secrets(JsonObject history) {
    return history.getJsonArray("events").stream()
        .map(JsonObject.class::cast)
        .filter(event -> event.getString("type").equals("notification"))
        .map(EncryptionIT::secret)
        .toList();
  }

  private String log() {
    return STORES.redis().cli("XRANGE", "switchboard:log:{" + tenant + "}", "-", "+");
  }

  private String inbox() {
    return STORES.redis().cli("LRANGE", "callcenter:offline:" + tenant + ":7", "0", "-1");
  }

  @Test
  void nodesWithTheKeysReadWhatAnyNodeStored() {
    WsClient before = WsClient.signIn(plain, "/ws?events=none", token());
    String start = before.connected().getString("position");
    before.close();
    plain.publish(notification("a"));
    older.publish(notification("b"));
    newer.publish(notification("c"));
    assertThat(log()).contains("word-a", "v1:old:", "v1:new:").doesNotContain("word-b", "word-c");
    assertThat(inbox()).contains("word-a", "\"event_id\":\"b\"").doesNotContain("word-b", "word-c");
    for (TestNode node : new TestNode[] {plain, older, newer}) {
      assertThat(secrets(history(node))).containsExactly("word-a", "word-b", "word-c");
    }
    WsClient replayed = WsClient.signIn(older, "/ws?after=" + start, token());
    assertThat(replayed.connected().getBoolean("recovered")).isTrue();
    for (String id : new String[] {"a", "b", "c"}) {
      assertThat(secret(replayed.next("notification"))).isEqualTo("word-" + id);
    }
    replayed.close();
  }

  @Test
  void inboxIsDeliveredInOrderAndEmptied() {
    older.publish(notification("a"));
    plain.publish(notification("b"));
    newer.publish(notification("c"));
    WsClient session = WsClient.signIn(plain, token());
    for (String id : new String[] {"a", "b", "c"}) {
      assertThat(secret(session.next("notification"))).isEqualTo("word-" + id);
    }
    Waiting.until("the inbox is empty", () -> inbox().equals("[]"));
    session.close();
  }

  @Test
  void unreadablePayloadsAreReportedAndBlockNothing() {
    WsClient before = WsClient.signIn(plain, "/ws?events=none", token());
    String start = before.connected().getString("position");
    before.close();
    plain.publish(notification("a"));
    otherKey.publish(notification("b"));
    newer.publish(notification("c"));
    WsClient resumed = WsClient.signIn(newer, "/ws?after=" + start, token());
    assertThat(resumed.connected().getBoolean("recovered")).isFalse();
    assertThat(secret(resumed.next("notification"))).isEqualTo("word-a");
    assertThat(secret(resumed.next("notification"))).isEqualTo("word-c");
    newer.publish(notification("d"));
    assertThat(secret(resumed.next("notification"))).isEqualTo("word-d");
    JsonObject history = history(newer);
    assertThat(history.getBoolean("complete")).isFalse();
    assertThat(history.getBoolean("more")).isFalse();
    assertThat(secrets(history)).containsExactly("word-a", "word-c", "word-d");
    Waiting.until("only the unreadable one is left", () -> inbox().split("sealed").length == 2);
    assertThat(newer.manage("/metrics").body())
        .containsPattern("switchboard_payloads_unreadable_total [1-9]");
    resumed.close();
  }

  private JsonObject kept(String key) {
    JsonObject event = notification("kept-" + key).put("keep", "queues/" + key);
    event.remove("user_id");
    return event;
  }

  private JsonObject keptOf(TestNode node, String path) {
    String kept = "/api/v1/tenants/" + tenant + "/kept/queues" + path;
    return new JsonObject(node.get(kept, TestTokens.service()).body());
  }

  @Test
  void statesOfKeptEventsAreSealedAndUnreadableOnesCounted() {
    plain.publish(kept("a"));
    older.publish(kept("b"));
    newer.publish(kept("c"));
    otherKey.publish(kept("d"));
    String states = STORES.redis().cli("HGETALL", "switchboard:kept:{" + tenant + "}");
    assertThat(states)
        .contains("queues/b", "word-kept-a", "v1:old:", "v1:new:")
        .doesNotContain("word-kept-b", "word-kept-c", "word-kept-d");
    WsClient follower = WsClient.signIn(newer, "/ws?events=none&kept=queues", token());
    JsonObject page = follower.next("kept.page").getJsonObject("payload");
    JsonObject end = follower.next("kept.end").getJsonObject("payload");
    assertThat(secrets(page)).containsExactly("word-kept-a", "word-kept-b", "word-kept-c");
    assertThat(end.getInteger("count")).isEqualTo(3);
    assertThat(end.getInteger("unreadable")).isEqualTo(1);
    assertThat(secrets(keptOf(plain, ""))).hasSize(3);
    assertThat(secret(keptOf(older, "/c"))).isEqualTo("word-kept-c");
    newer.publish(kept("d").put("event_id", "again"));
    assertThat(secret(keptOf(newer, "/d"))).isEqualTo("word-kept-d");
    follower.close();
  }

  @Test
  void pubSubStaysPlain() {
    WsClient session = WsClient.signIn(otherKey, token());
    // What waits in no inbox comes from the log: then it has caught up and reads that no longer.
    JsonObject unused =
        otherKey.publish(
            new JsonObject().put("tenant_id", tenant).put("type", "alert").put("payload", 1));
    assertThat(session.next("alert")).isNotNull();
    newer.publish(notification("a"));
    assertThat(secret(session.next("notification"))).isEqualTo("word-a");
    session.close();
  }
}
