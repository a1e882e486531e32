package dev.switchboard.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.RawSocket;
import dev.switchboard.support.SseClient;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sessions follow kept events: a snapshot, and then every change. */
@SuppressWarnings("NullAway.Init")
class KeptFollowingIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String TOPIC = "callcenter:custom:x";
  private static final int LOG_EVENTS = 500;

  private static TestNode node;

  private final String tenant = "tenant-" + UUID.randomUUID().toString().substring(0, 8);
  private final String token = TestTokens.user(tenant, "u");

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    JsonObject roles =
        new JsonObject()
            .put("see", lists("*", "*", "clerk", "queue.*"))
            .put("kept", lists("*", "*", "guest", "public-*"));
    config.getJsonObject("auth").put("roles", roles);
    config.put("logs", new JsonObject().put("maxEvents", LOG_EVENTS));
    node = TestNode.start(config);
  }

  private static JsonObject lists(String... namesAndPatterns) {
    JsonObject lists = new JsonObject();
    for (int i = 0; i < namesAndPatterns.length; i += 2) {
      lists.put(namesAndPatterns[i], new JsonArray().add(namesAndPatterns[i + 1]));
    }
    return lists;
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private JsonObject queue(String key, int waiting) {
    return new JsonObject()
        .put("tenant_id", tenant)
        .put("type", "queue.stats")
        .put("keep", "queues/" + key)
        .put("payload", new JsonObject().put("queue_name", key).put("waiting", waiting));
  }

  private String keep(String key, int waiting) {
    return node.publish(queue(key, waiting)).getString("id");
  }

  private WsClient connect(String query) {
    return WsClient.signIn(node, "/ws?" + query, token);
  }

  /** The keys of a snapshot that begins with the next message, with the number of each. */
  private static List<String> snapshot(WsClient client) {
    JsonObject begin = next(client);
    assertThat(begin.getString("type")).as(begin.encode()).isEqualTo("kept.begin");
    List<String> states = new ArrayList<>();
    JsonObject message = next(client);
    while (message.getString("type").equals("kept.page")) {
      for (Object event : message.getJsonObject("payload").getJsonArray("events")) {
        states.add(state((JsonObject) event));
      }
      message = next(client);
    }
    assertThat(message.getString("type")).isEqualTo("kept.end");
    assertThat(message.getJsonObject("payload").getInteger("count")).isEqualTo(states.size());
    assertThat(message.getJsonObject("payload").getString("position")).isNotNull();
    return states;
  }

  /** The next message but reminders of the position, which may come at any time. */
  private static JsonObject next(WsClient client) {
    JsonObject message = client.next();
    return message.getString("type").equals("position") ? next(client) : message;
  }

  private static String state(JsonObject event) {
    return event.getString("keep") + "=" + event.getJsonObject("payload").getInteger("waiting");
  }

  @Test
  void snapshotIsFollowedByEveryChangeAndNotRepeatedToWhoHoldsIt() {
    String first = keep("a", 1);
    assertThat(first).isNotNull();
    assertThat(keep("b", 1)).isNotNull();
    assertThat(keep("a", 2)).isNotNull();

    WsClient client = connect("kept=queues");
    JsonObject connected = client.connected();
    assertThat(Instant.parse(connected.getString("time"))).isBefore(Instant.now().plusSeconds(60));
    assertThat(connected.getString("role")).isEqualTo("agent");
    assertThat(snapshot(client)).containsExactly("queues/b=1", "queues/a=2");
    JsonObject other = queue("x", 0);
    other.remove("keep");
    JsonObject unused = node.publish(other);
    assertThat(keep("b", 3)).isNotNull();
    assertThat(state(client.next())).isEqualTo("queues/b=3");
    String position = client.ping().getString("position");
    client.close();

    JsonObject forgotten = node.publish(queue("a", 0).put("forget", true));
    WsClient holder = connect("kept=queues&held=queues&after=" + position);
    assertThat(holder.connected().getBoolean("recovered")).isTrue();
    JsonObject replayed = holder.next();
    assertThat(replayed.getString("id")).isEqualTo(forgotten.getString("id"));
    assertThat(replayed.getBoolean("forget")).isTrue();
    assertThat(holder.ping()).isNotNull();
    assertThat(holder.unread()).isZero();
    assertThat(keep("c", 1)).isNotNull();
    assertThat(state(holder.next())).isEqualTo("queues/c=1");

    WsClient reloaded = connect("kept=queues&after=" + position);
    assertThat(snapshot(reloaded)).containsExactly("queues/b=3", "queues/c=1");
    WsClient lost = connect("kept=queues&held=queues&after=0");
    assertThat(lost.connected().getBoolean("recovered")).isFalse();
    assertThat(snapshot(lost)).containsExactly("queues/b=3", "queues/c=1");
  }

  @Test
  void liveSessionMayFollowACollectionAndLeaveIt() {
    assertThat(keep("a", 1)).isNotNull();
    WsClient client = WsClient.signIn(node, token);
    JsonObject names = new JsonObject().put("kept", new JsonArray().add("queues"));

    JsonObject subscribed = client.subscribe(names);

    assertThat(subscribed.getJsonArray("kept")).containsExactly("queues");
    assertThat(subscribed.getJsonArray("events")).isEmpty();
    assertThat(snapshot(client)).containsExactly("queues/a=1");
    assertThat(keep("a", 2)).isNotNull();
    assertThat(state(client.next())).isEqualTo("queues/a=2");
    client.send("subscribe", names);
    assertThat(client.nextErrorCode()).isEqualTo("rate_limited");
    client.send("unsubscribe", names);
    assertThat(client.next("unsubscribed").getJsonObject("payload").getJsonArray("kept")).isEmpty();
    assertThat(keep("a", 3)).isNotNull();
    assertThat(client.ping()).isNotNull();
    assertThat(client.unread()).isZero();
  }

  @Test
  void collectionOfATopicNeedsTheTopic() {
    JsonObject unused = node.publish(queue("a", 1).put("topic", TOPIC));
    JsonObject unusedToo = node.publish(queue("a", 2));

    WsClient client = connect("events=&topics=" + TOPIC + "&kept=" + TOPIC + "/queues");

    assertThat(snapshot(client)).containsExactly("queues/a=1");
    JsonObject update = node.publish(queue("a", 3).put("topic", TOPIC));
    assertThat(client.next().getString("id")).isEqualTo(update.getString("id"));
    WsClient without = WsClient.signIn(node, token);
    without.send("subscribe", new JsonObject().put("kept", new JsonArray().add(TOPIC + "/queues")));
    assertThat(without.nextErrorCode()).isEqualTo("forbidden");
  }

  @Test
  void keyWhoseLastEventARoleMayNotSeeIsHidden() {
    String clerk = TestTokens.user(tenant, "c", "clerk");
    assertThat(keep("a", 1)).isNotNull();
    WsClient client = WsClient.signIn(node, "/ws?events=*&kept=queues", clerk);
    assertThat(snapshot(client)).containsExactly("queues/a=1");

    JsonObject secret = node.publish(queue("a", 2).put("type", "secret.stats"));

    JsonObject hidden = client.next();
    assertThat(hidden.getString("type")).isEqualTo("kept.hidden");
    assertThat(hidden.getJsonObject("payload"))
        .isEqualTo(new JsonObject().put("id", secret.getString("id")).put("keep", "queues/a"));
    assertThat(snapshot(WsClient.signIn(node, "/ws?kept=queues", clerk))).isEmpty();
    String position = client.ping().getString("position");
    assertThat(node.publish(queue("a", 3).put("type", "secret.stats"))).isNotNull();
    WsClient again = WsClient.signIn(node, "/ws?kept=queues&held=queues&after=" + position, clerk);
    assertThat(again.next().getString("type")).isEqualTo("kept.hidden");
  }

  @Test
  void freshTokenOfAnotherRoleBringsTheStateThatTheRoleSees() {
    assertThat(keep("a", 1)).isNotNull();
    assertThat(node.publish(queue("b", 1).put("type", "secret.stats"))).isNotNull();
    String clerk = TestTokens.user(tenant, "u", "clerk");
    WsClient client = WsClient.signIn(node, "/ws?kept=queues", clerk);
    assertThat(snapshot(client)).containsExactly("queues/a=1");

    client.send("auth", new JsonObject().put("token", token));

    assertThat(client.next().getString("type")).isEqualTo("authenticated");
    assertThat(snapshot(client)).containsExactly("queues/a=1", "queues/b=1");
    client.send("auth", new JsonObject().put("token", TestTokens.user(tenant, "u", "guest")));
    assertThat(client.next().getString("type")).isEqualTo("authenticated");
    assertThat(keep("a", 2)).isNotNull();
    assertThat(client.ping()).isNotNull();
    assertThat(client.unread()).isZero();
  }

  @Test
  void onlyWhatTheRoleAllowsMayBeFollowed() {
    String guest = TestTokens.user(tenant, "g", "guest");

    WsClient refused =
        WsClient.open(
            node, "/ws?kept=queues", "Sec-WebSocket-Protocol", "switchboard.v1, bearer." + guest);

    assertThat(refused.awaitClose().code()).isEqualTo(4403);
    WsClient live = WsClient.signIn(node, guest);
    live.send("subscribe", new JsonObject().put("kept", new JsonArray().add("queues")));
    assertThat(live.nextErrorCode()).isEqualTo("forbidden");
    assertThat(live.subscribe(new JsonObject().put("kept", new JsonArray().add("public-x"))))
        .isNotNull();
    assertThat(snapshot(live)).isEmpty();
  }

  @Test
  void stateIsSentAgainAfterAResync() {
    assertThat(keep("a", 1)).isNotNull();
    WsClient client = connect("kept=queues");
    assertThat(snapshot(client)).containsExactly("queues/a=1");

    String unused =
        stores
            .redis()
            .cli("HSET", "switchboard:log-meta:{" + tenant + "}", "replid", "none", "run", "none");
    assertThat(keep("b", 2)).isNotNull();

    JsonObject resync = client.next("resync");
    assertThat(resync.getJsonObject("payload").getString("reason")).isEqualTo("epoch");
    assertThat(snapshot(client)).containsExactly("queues/a=1", "queues/b=2");
    assertThat(keep("b", 3)).isNotNull();
    assertThat(state(next(client))).isEqualTo("queues/b=3");
  }

  @Test
  void largeCollectionComesWholeWhileItChanges() {
    int keys = 1_200;
    for (int from = 0; from < keys; from += 400) {
      JsonArray events = new JsonArray();
      IntStream.range(from, from + 400).forEach(i -> events.add(queue("k" + i, 1)));
      assertThat(node.post("/api/v1/events", events.encode(), TestTokens.service()).statusCode())
          .isEqualTo(202);
    }

    List<WsClient> clients = IntStream.range(0, 5).mapToObj(i -> connect("kept=queues")).toList();
    assertThat(keep("k0", 2)).isNotNull();

    for (WsClient client : clients) {
      // The change is in the snapshot, or comes behind it.
      Set<String> states = new HashSet<>(snapshot(client));
      if (!states.contains("queues/k0=2")) {
        states.add(state(client.next()));
      }
      states.remove("queues/k0=1");
      assertThat(states).hasSize(keys).contains("queues/k0=2", "queues/k1199=1");
    }
  }

  @Test
  void firstMessageMayNameCollections() {
    assertThat(keep("a", 1)).isNotNull();
    JsonObject names =
        new JsonObject().put("token", token).put("kept", new JsonArray().add("queues"));
    WsClient client = WsClient.open(node, "/ws");

    client.send("auth", names);

    JsonObject connected = client.next("connected").getJsonObject("payload");
    assertThat(snapshot(client)).containsExactly("queues/a=1");
    client.close();
    assertThat(keep("a", 2)).isNotNull();
    WsClient holder = WsClient.open(node, "/ws");
    holder.send(
        "auth",
        names
            .copy()
            .put("held", new JsonArray().add("queues"))
            .put("after", connected.getString("position")));
    assertThat(holder.next("connected").getJsonObject("payload").getBoolean("recovered")).isTrue();
    assertThat(state(next(holder))).isEqualTo("queues/a=2");
    WsClient refused = WsClient.open(node, "/ws");
    refused.send("auth", names.copy().put("token", TestTokens.user(tenant, "g", "guest")));
    assertThat(refused.awaitClose().code()).isEqualTo(4403);
  }

  @Test
  void secondSnapshotInARowThatTheLogCanNotContinueEndsTheSession() {
    for (int from = 0; from < 200; from += 10) {
      publish(IntStream.range(from, from + 10).mapToObj(this::largeState).toList());
    }
    RawSocket slow = RawSocket.signIn(node, "/ws?kept=queues", token, "");

    readUntil(slow, "kept.begin");
    publishMoreThanTheLogHolds();
    readUntil(slow, "resync");
    readUntil(slow, "kept.begin");
    publishMoreThanTheLogHolds();

    assertThat(slow.readUntilClose()).isEqualTo(4008);
    slow.close();
  }

  private JsonObject largeState(int key) {
    return queue("k" + key, 1).put("payload", "x".repeat(50_000));
  }

  private void publishMoreThanTheLogHolds() {
    JsonObject other = queue("x", 0);
    other.remove("keep");
    for (int i = 0; i < 3; i++) {
      publish(Collections.nCopies(LOG_EVENTS / 2, other));
    }
  }

  private static void publish(List<JsonObject> events) {
    String body = new JsonArray(events).encode();
    HttpResponse<String> answer = node.post("/api/v1/events", body, TestTokens.service());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
  }

  private static void readUntil(RawSocket socket, String type) {
    String read = socket.nextText().getString("type");
    while (!type.equals(read)) {
      read = socket.nextText().getString("type");
    }
  }

  @Test
  void streamBringsTheSameMessages() {
    assertThat(keep("a", 1)).isNotNull();
    try (SseClient stream =
        SseClient.open(node, "?kept=queues", "Authorization", "Bearer " + token)) {
      assertThat(stream.next().data().getString("type")).isEqualTo("connected");
      SseClient.Block begin = stream.next();
      assertThat(begin.data().getString("type")).isEqualTo("kept.begin");
      assertThat(begin.id()).isEqualTo(begin.data().getJsonObject("payload").getString("position"));
      assertThat(stream.next().data().getString("type")).isEqualTo("kept.page");
      assertThat(stream.next().data().getString("type")).isEqualTo("kept.end");
      assertThat(keep("a", 2)).isNotNull();
      assertThat(state(stream.next().data())).isEqualTo("queues/a=2");
    }
  }
}
