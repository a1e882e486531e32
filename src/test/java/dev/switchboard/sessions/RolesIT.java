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

/** What a role may see, follow and publish, live and in replay. */
class RolesIT {
  private static final String TOPIC = "callcenter:custom:alerts";

  private static final JsonObject WAITING = new JsonObject();

  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    JsonObject roles =
        new JsonObject()
            .put(
                "see",
                new JsonObject()
                    .put("*", new JsonArray().add("*").add("!alert"))
                    .put("wallboard", new JsonArray().add("queue.*")))
            .put(
                "topics",
                new JsonObject()
                    .put("*", new JsonArray().add("*"))
                    .put("wallboard", new JsonArray()));
    config.getJsonObject("auth").put("roles", roles);
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static JsonObject event(String tenant, String type) {
    return new JsonObject()
        .put("tenant_id", tenant)
        .put("type", type)
        .put("payload", new JsonObject());
  }

  @Test
  void roleAppliesLiveAndInReplay() {
    WsClient board = WsClient.signIn(node, TestTokens.user("roles1", "b", "wallboard"));
    String start = board.connected().getString("position");

    node.publish(event("roles1", "call.incoming"));
    node.publish(event("roles1", "queue.stats"));

    assertThat(board.next().getString("type")).isEqualTo("queue.stats");
    WsClient resumed =
        WsClient.signIn(
            node, "/ws?events=*&after=" + start, TestTokens.user("roles1", "b", "wallboard"));
    assertThat(resumed.connected().getBoolean("recovered")).isTrue();
    assertThat(resumed.next().getString("type")).isEqualTo("queue.stats");
    JsonObject unused = resumed.ping();
    assertThat(resumed.unread()).isZero();
  }

  @Test
  void patternThatTheRoleHidesIsNotSeenEvenWhenSubscribed() {
    WsClient agent = WsClient.signIn(node, TestTokens.user("roles2", "a"));
    JsonObject unused = agent.subscribe(new JsonObject().put("events", new JsonArray().add("*")));

    node.publish(event("roles2", "alert"));
    node.publish(event("roles2", "call.incoming"));

    JsonObject first = agent.next();
    while (first.getString("type").startsWith("presence.")) {
      first = agent.next();
    }
    assertThat(first.getString("type")).isEqualTo("call.incoming");
  }

  @Test
  void topicOutsideTheRoleIsRefused() {
    WsClient board = WsClient.signIn(node, TestTokens.user("roles3", "b", "wallboard"));

    board.send("subscribe", new JsonObject().put("topics", new JsonArray().add(TOPIC)));

    assertThat(board.next("error").getJsonObject("payload").getString("code"))
        .isEqualTo("forbidden");
  }

  @Test
  void renewalWithALesserRoleEndsWhatThatDoesNotAllow() {
    WsClient session = WsClient.signIn(node, "/ws?topics=" + TOPIC, TestTokens.user("roles8", "a"));

    session.send("auth", token("roles8", "a", "wallboard"));
    assertThat(session.next("authenticated")).isNotNull();
    node.publish(event("roles8", "call.incoming").put("topic", TOPIC));
    node.publish(event("roles8", "call.incoming"));
    String seen = node.publish(event("roles8", "queue.stats")).getString("id");
    assertThat(session.next().getString("id")).isEqualTo(seen);
    session.send("subscribe", new JsonObject().put("topics", new JsonArray().add(TOPIC)));
    assertThat(session.nextErrorCode()).isEqualTo("forbidden");

    session.send("auth", token("roles8", "a", "agent"));
    assertThat(session.next("authenticated")).isNotNull();
    JsonObject set = session.subscribe(new JsonObject().put("events", new JsonArray().add("*")));
    assertThat(set.getJsonArray("topics")).isEmpty();
    String again = node.publish(event("roles8", "call.ended")).getString("id");
    assertThat(session.next("call.ended").getString("id")).isEqualTo(again);
  }

  private static JsonObject token(String tenant, String user, String role) {
    return new JsonObject().put("token", TestTokens.user(tenant, user, role));
  }

  @Test
  void publishesWhatTheRoleMay() {
    WsClient sender = WsClient.signIn(node, TestTokens.user("roles4", "a"));
    WsClient other = WsClient.signIn(node, TestTokens.user("roles4", "b"));

    sender.send(
        new JsonObject()
            .put("type", "chat.message")
            .put("tenant_id", "somebody-else")
            .put("event_id", "mine")
            .put("payload", new JsonObject().put("text", "hello"))
            .put("ref", 7));

    JsonObject published = sender.next("published");
    assertThat(published.getInteger("ref")).isEqualTo(7);
    assertThat(published.getJsonObject("payload").getString("event_id")).endsWith(":mine");
    JsonObject heard = other.next("chat.message");
    assertThat(heard.getString("tenant_id")).isEqualTo("roles4");
    assertThat(heard.getString("id")).isEqualTo(published.getJsonObject("payload").getString("id"));
  }

  @Test
  void typingIsLiveOnly() {
    WsClient sender = WsClient.signIn(node, TestTokens.user("roles5", "a"));

    sender.send(
        new JsonObject()
            .put("type", "chat.typing")
            .put("session_id", "chat-1")
            .put("payload", true)
            .put("ref", "r"));

    JsonObject typed = WAITING;
    JsonObject published = WAITING;
    while (typed.isEmpty() || published.isEmpty()) {
      JsonObject next = sender.next();
      typed = "chat.typing".equals(next.getString("type")) ? next : typed;
      published = "published".equals(next.getString("type")) ? next : published;
    }
    assertThat(typed.getValue("id")).isNull();
    assertThat(typed.getString("session_id")).isEqualTo("chat-1");
    assertThat(published.getJsonObject("payload").getValue("id")).isNull();
  }

  @Test
  void otherTypesAreForbidden() {
    WsClient agent = WsClient.signIn(node, TestTokens.user("roles6", "a"));

    agent.send(new JsonObject().put("type", "call.incoming").put("payload", 1).put("ref", 1));

    JsonObject error = agent.next("error");
    assertThat(error.getJsonObject("payload").getString("code")).isEqualTo("forbidden");
    assertThat(error.getInteger("ref")).isEqualTo(1);
    assertThat(
            node.post(
                    "/api/v1/events",
                    event("roles6", "call.incoming").encode(),
                    TestTokens.user("roles6", "a"))
                .statusCode())
        .isEqualTo(403);
  }

  @Test
  void newlyAddedTopicIsResumedFromItsPosition() {
    WsClient first = WsClient.signIn(node, TestTokens.user("roles7", "a"));
    String place =
        first
            .subscribe(new JsonObject().put("topics", new JsonArray().add(TOPIC)))
            .getString("position");
    node.publish(event("roles7", "notice").put("topic", TOPIC));
    // Topics pass every pattern; who comes online must not come between.
    WsClient second = WsClient.signIn(node, "/ws?events=none", TestTokens.user("roles7", "a"));

    JsonObject subscribed =
        second.subscribe(
            new JsonObject().put("topics", new JsonArray().add(TOPIC)).put("after", place));

    assertThat(subscribed.getBoolean("recovered")).isTrue();
    assertThat(second.next().getString("type")).isEqualTo("notice");
    node.publish(event("roles7", "notice2").put("topic", TOPIC));
    assertThat(second.next().getString("type")).isEqualTo("notice2");
  }
}
