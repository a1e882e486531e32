package dev.switchboard.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An event for one user on a topic: nobody else sees it, by whatever way. */
class TargetedEventIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String TOPIC = "callcenter:custom:alerts";
  private static final String FOLLOWING = "/ws?events=call.*&topics=" + TOPIC;

  private static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(stores);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static JsonObject event(String tenant, String type) {
    return new JsonObject()
        .put("tenant_id", tenant)
        .put("type", type)
        .put("topic", TOPIC)
        .put("payload", new JsonObject());
  }

  private static String publishFor(String tenant, String type, String user) {
    return node.publish(event(tenant, type).put("user_id", user)).getString("id");
  }

  @Test
  void targetedTopicEventReachesItsUserLiveIfSubscribed() {
    WsClient mine = WsClient.signIn(node, FOLLOWING, TestTokens.user("live", "1"));
    WsClient elsewhere = WsClient.signIn(node, TestTokens.user("live", "1"));
    WsClient other = WsClient.signIn(node, FOLLOWING, TestTokens.user("live", "2"));

    String targeted = publishFor("live", "agent.login", "1");
    String forAll = node.publish(event("live", "agent.logout")).getString("id");

    assertThat(mine.next().getString("id")).isEqualTo(targeted);
    assertThat(mine.next().getString("id")).isEqualTo(forAll);
    assertThat(other.next().getString("id")).isEqualTo(forAll);
    JsonObject untopical = event("live", "alert");
    untopical.remove("topic");
    String everyones = node.publish(untopical).getString("id");
    assertThat(elsewhere.next().getString("id")).isEqualTo(everyones);
  }

  @Test
  void replayAndHistoryShowTargetedEventsToTheirUserOnly() {
    node.publish(event("again", "agent.login"));
    WsClient here = WsClient.signIn(node, FOLLOWING, TestTokens.user("again", "3"));
    String before = here.connected().getString("position");
    String targeted = publishFor("again", "agent.login", "1");
    String forAll = node.publish(event("again", "agent.logout")).getString("id");
    String path = FOLLOWING + "&after=" + before;

    WsClient mine = WsClient.signIn(node, path, TestTokens.user("again", "1"));
    WsClient other = WsClient.signIn(node, path, TestTokens.user("again", "2"));

    assertThat(mine.connected().getBoolean("recovered")).isTrue();
    assertThat(mine.next().getString("id")).isEqualTo(targeted);
    assertThat(mine.next().getString("id")).isEqualTo(forAll);
    assertThat(other.connected().getBoolean("recovered")).isTrue();
    assertThat(other.next().getString("id")).isEqualTo(forAll);
    assertThat(history("1", before)).hasSize(2);
    assertThat(history("2", before)).hasSize(1);
    assertThat(history("2", before).getJsonObject(0).getString("id")).isEqualTo(forAll);
  }

  private static JsonArray history(String user, String after) {
    String path = "/api/v1/tenants/again/events?topic=" + TOPIC + "&after=" + after;
    return new JsonObject(node.get(path, TestTokens.user("again", user)).body())
        .getJsonArray("events");
  }

  @Test
  void targetedTopicEventWaitsInTheInboxAndIsDeliveredOnce() {
    WsClient here = WsClient.signIn(node, FOLLOWING, TestTokens.user("kept", "3"));
    String first = here.connected().getString("position");
    String targeted = publishFor("kept", "notification", "1");
    assertThat(stores.redis().cli("LLEN", "callcenter:offline:kept:1")).isEqualTo("1");
    assertThat(stores.redis().cli("LLEN", "callcenter:offline:kept:2")).isEqualTo("0");

    WsClient other =
        WsClient.signIn(node, FOLLOWING + "&after=" + first, TestTokens.user("kept", "2"));
    WsClient mine =
        WsClient.signIn(node, FOLLOWING + "&after=" + first, TestTokens.user("kept", "1"));

    assertThat(mine.connected().getBoolean("recovered")).isTrue();
    JsonObject kept = mine.next();
    assertThat(kept.getString("type")).isEqualTo("notification");
    assertThat(kept.getString("topic")).isEqualTo(TOPIC);
    String last = node.publish(event("kept", "alert")).getString("id");
    assertThat(last).isNotEqualTo(targeted);
    assertThat(mine.next().getString("id")).isEqualTo(last);
    assertThat(other.next().getString("id")).isEqualTo(last);
  }
}
