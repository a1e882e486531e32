package dev.switchboard.sessions.subscriptions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who gets which event, in which order, and how a client says what it wants. */
class FanOutIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  private final String tenant = "t-" + UUID.randomUUID();

  @BeforeAll
  static void start() {
    node = TestNode.start(stores);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private JsonObject event(String type) {
    return new JsonObject()
        .put("tenant_id", tenant)
        .put("type", type)
        .put("payload", new JsonObject());
  }

  private WsClient agent(String user) {
    return WsClient.signIn(node, TestTokens.user(tenant, user));
  }

  @Test
  void neverSubscribedMeansEverythingOfTheTenantInOrder() {
    WsClient agent = agent("1");
    List<String> published = new ArrayList<>();
    for (String type : List.of("call.incoming", "agent.login", "queue.stats", "ticket.created")) {
      published.add(node.publish(event(type)).getString("id"));
    }

    List<String> received =
        IntStream.range(0, 4).mapToObj(i -> agent.next().getString("id")).toList();

    assertThat(received).isEqualTo(published);
  }

  @Test
  void onlyTheSetCountsAfterTheFirstSubscribeAndAnEmptySetMeansNothing() {
    WsClient agent = agent("1");
    JsonObject set =
        agent.subscribe(new JsonObject().put("events", new JsonArray().add("call.*").add("alert")));
    assertThat(set.getJsonArray("events")).containsExactly("alert", "call.*");
    node.publish(event("agent.login"));
    String wanted = node.publish(event("call.ended")).getString("id");
    assertThat(agent.next().getString("id")).isEqualTo(wanted);

    agent.send(
        "unsubscribe", new JsonObject().put("events", new JsonArray().add("call.*").add("alert")));

    assertThat(agent.next("unsubscribed").getJsonObject("payload").getJsonArray("events"))
        .isEmpty();
    node.publish(event("call.ended"));
    String own = node.publish(event("notification").put("user_id", 1)).getString("event_id");
    assertThat(agent.next().getString("event_id")).isEqualTo(own);
  }

  @Test
  void queryNamesTheSetFromTheStart() {
    WsClient agent = WsClient.signIn(node, "/ws?events=call.*,alert", TestTokens.user(tenant, "1"));
    node.publish(event("agent.login"));
    String wanted = node.publish(event("alert")).getString("id");

    assertThat(agent.next().getString("id")).isEqualTo(wanted);
  }

  @Test
  void eventForAUserGoesToThatUserOnly() {
    WsClient mine = agent("1");
    WsClient other = agent("2");
    String event = node.publish(event("notification").put("user_id", 1)).getString("event_id");
    String everyones = node.publish(event("alert")).getString("id");

    // A session that has just begun may get it from the inbox, where it has no place.
    assertThat(mine.next().getString("event_id")).isEqualTo(event);
    assertThat(other.next().getString("id")).isEqualTo(everyones);
  }

  @Test
  void topicIsNeverImpliedAndSharedByNoTenants() {
    WsClient follower = agent("1");
    WsClient other = agent("2");
    WsClient stranger = WsClient.signIn(node, TestTokens.user("stranger-" + tenant, "1"));
    JsonArray topics = new JsonArray().add("callcenter:custom:alerts");
    follower.subscribe(new JsonObject().put("topics", topics));
    stranger.subscribe(new JsonObject().put("topics", topics));

    String id =
        node.publish(event("alert").put("topic", "callcenter:custom:alerts")).getString("id");

    // A new topic may bring a position message first.
    assertThat(follower.next("alert").getString("id")).isEqualTo(id);
    String everyones = node.publish(event("alert")).getString("id");
    assertThat(other.next().getString("id")).isEqualTo(everyones);
    JsonObject elsewhere = event("alert").put("tenant_id", "stranger-" + tenant);
    String strangers = node.publish(elsewhere).getString("id");
    assertThat(stranger.next("alert").getString("id")).isEqualTo(strangers);
  }

  @Test
  void typingIsLiveOnlyWithoutAnId() {
    WsClient agent = agent("1");

    JsonObject answer = node.publish(event("chat.typing").put("session_id", "chat-1"));

    assertThat(answer.getValue("id")).isNull();
    assertThat(agent.next().getValue("id")).isNull();
  }

  @Test
  void invalidMessageIsAnsweredWithItsRefAndTheSocketStaysOpen() {
    WsClient agent = agent("1");

    agent.sendText("{not json");
    assertThat(agent.next().getString("type")).isEqualTo("error");
    agent.send(new JsonObject().put("type", "dance").put("ref", 7));
    JsonObject error = agent.next();
    assertThat(error.getInteger("ref")).isEqualTo(7);
    agent.send("subscribe", new JsonObject().put("events", new JsonArray().add("Call.*")));
    assertThat(agent.next().getJsonObject("payload").getString("message")).contains("pattern");

    String id = node.publish(event("alert")).getString("id");
    assertThat(agent.next().getString("id")).isEqualTo(id);
  }

  @Test
  void tooLargeMessageIsClosedWith1009() {
    WsClient agent = agent("1");

    agent.sendText("{\"type\":\"" + "x".repeat(70_000) + "\"}");

    assertThat(agent.awaitClose().code()).isEqualTo(1009);
  }

  @Test
  void clientThatStoppedResumesWithoutAHoleOrRepeat() {
    WsClient first = agent("1");
    node.publish(event("alert"));
    String last = first.next().getString("id");
    first.close();
    List<String> missed = new ArrayList<>();
    for (int i = 0; i < 450; i++) {
      missed.add(node.publish(event("alert").put("payload", i)).getString("id"));
    }

    WsClient second = WsClient.signIn(node, "/ws?after=" + last, TestTokens.user(tenant, "1"));

    assertThat(second.connected().getBoolean("recovered")).isTrue();
    missed.add(node.publish(event("alert")).getString("id"));
    List<String> received = missed.stream().map(id -> second.next().getString("id")).toList();
    assertThat(received).isEqualTo(missed);
  }

  @Test
  void malformedCursorIsNotRecovered() {
    for (String after : List.of("nonsense", "zzzz:5", "zzzz:5,yyyy:3")) {
      WsClient client = WsClient.signIn(node, "/ws?after=" + after, TestTokens.user(tenant, "1"));

      assertThat(client.connected().getBoolean("recovered")).isFalse();
    }
  }

  @Test
  void repeatedEventIdIsPublishedOnceAndAnsweredTheSame() {
    WsClient agent = agent("1");
    JsonObject event = event("alert").put("event_id", "mine-1");

    JsonObject first = node.publish(event);
    JsonObject second = node.publish(event);

    assertThat(second).isEqualTo(first);
    assertThat(agent.next().getString("event_id")).isEqualTo("mine-1");
    agent.ping();
    assertThat(agent.unread()).isZero();
  }
}
