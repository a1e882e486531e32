package dev.switchboard.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.RawSocket;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The inbox over two nodes and a real Redis. */
class InboxIT {
  @RegisterExtension static final Stores STORES = new Stores();
  private static final AtomicInteger TENANTS = new AtomicInteger();

  private static TestNode quick;
  private static TestNode patient;
  private String tenant = "";

  @BeforeAll
  static void startNodes() {
    quick = TestNode.start(config("300ms"));
    patient = TestNode.start(config("30s"));
  }

  @AfterAll
  static void stopNodes() {
    quick.close();
    patient.close();
  }

  @BeforeEach
  void newTenant() {
    tenant = "tenant-" + TENANTS.incrementAndGet();
  }

  private static JsonObject config(String heartbeat) {
    return TestNode.config(STORES)
        .put("sessions", new JsonObject().put("heartbeat", heartbeat).put("idleTimeout", "60s"))
        .put("inbox", new JsonObject().put("maxMessages", 20));
  }

  private JsonObject notification(String id) {
    return new JsonObject()
        .put("tenant_id", tenant)
        .put("type", "notification")
        .put("event_id", id)
        .put("user_id", "7")
        .put("payload", new JsonObject().put("n", id));
  }

  private String token() {
    return TestTokens.user(tenant, "7");
  }

  private long waiting() {
    return Long.parseLong(STORES.redis().cli("LLEN", "callcenter:offline:" + tenant + ":7"));
  }

  private void awaitEmpty() {
    Waiting.until("the inbox is empty", () -> waiting() == 0);
    assertThat(
            STORES.redis().cli("EXISTS", "switchboard:inbox:{callcenter:offline:" + tenant + ":7}"))
        .isEqualTo("0");
  }

  @Test
  void messagesStoredWhileOfflineComeFirstInOrderAndOnce() {
    quick.publish(notification("a"));
    quick.publish(notification("b"));
    quick.publish(notification("a"));
    assertThat(waiting()).isEqualTo(2);
    WsClient session = WsClient.signIn(patient, "/ws?events=call.*", token());
    JsonObject first = session.next();
    assertThat(first.getString("event_id")).isEqualTo("a");
    assertThat(first.getValue("id")).isNull();
    assertThat(first.getJsonObject("payload").getString("n")).isEqualTo("a");
    assertThat(session.next().getString("event_id")).isEqualTo("b");
    awaitEmpty();
    quick.publish(notification("c"));
    assertThat(session.next().getString("event_id")).isEqualTo("c");
    session.ping();
    assertThat(session.unread()).isZero();
    session.close();
  }

  @Test
  void storedMessageInTheReplayComesOnce() {
    WsClient before = WsClient.signIn(quick, token());
    String position = before.connected().getString("position");
    before.close();
    quick.publish(notification("a"));
    WsClient after = WsClient.signIn(patient, "/ws?after=" + position, token());
    assertThat(after.connected().getBoolean("recovered")).isTrue();
    assertThat(after.next().getString("event_id")).isEqualTo("a");
    after.ping();
    assertThat(after.unread()).isZero();
    awaitEmpty();
    after.close();
  }

  @Test
  void liveMessageIsRemovedByThePongToALaterPing() {
    WsClient session = WsClient.signIn(quick, token());
    quick.publish(notification("a"));
    assertThat(session.next().getString("event_id")).isEqualTo("a");
    awaitEmpty();
    session.close();
  }

  @Test
  void ackRemovesExactlyTheNamedMessages() {
    WsClient session = WsClient.signIn(patient, token());
    session.ping();
    for (String id : List.of("a", "b", "c")) {
      quick.publish(notification(id));
      assertThat(session.next().getString("event_id")).isEqualTo(id);
    }
    JsonArray ids = new JsonArray().add("a").add("c").add("never-given");
    session.send("ack", new JsonObject().put("event_ids", ids));
    Waiting.until("one message is left", () -> waiting() == 1);
    session.close();
    WsClient next = WsClient.signIn(patient, token());
    assertThat(next.next().getString("event_id")).isEqualTo("b");
    awaitEmpty();
    next.close();
  }

  @Test
  void halfOpenSocketLeavesTheMessageForTheNextSession() throws IOException {
    try (Socket dead = new Socket(InetAddress.getLoopbackAddress(), quick.port())) {
      dead.getOutputStream().write(upgrade().getBytes(StandardCharsets.US_ASCII));
      String url = "/api/v1/ws/users/7/online?tenant_id=" + tenant;
      Waiting.until(
          "the dead socket counts as online",
          () -> quick.get(url, TestTokens.service()).body().contains("\"is_online\":true"));
      quick.publish(notification("a"));
      WsClient living = WsClient.signIn(quick, token());
      assertThat(living.next().getString("event_id")).isEqualTo("a");
      awaitEmpty();
      living.close();
    }
  }

  private String upgrade() {
    return "GET /ws HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + "Authorization: Bearer "
        + token()
        + "\r\n\r\n";
  }

  @Test
  void overflowDropsTheOldest() {
    for (int i = 0; i < 25; i++) {
      quick.publish(notification("n" + i));
    }
    WsClient session = WsClient.signIn(patient, token());
    List<String> got = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      got.add(session.next().getString("event_id"));
    }
    assertThat(got).startsWith("n5", "n6").endsWith("n24");
    session.close();
  }

  @Test
  void producerMayChooseWhetherAnEventIsStored() {
    quick.publish(notification("a").put("offline", "drop"));
    quick.publish(notification("b").put("type", "ticket.created").put("offline", "store"));
    quick.publish(notification("c").put("type", "ticket.created"));
    WsClient session = WsClient.signIn(quick, token());
    assertThat(session.next().getString("event_id")).isEqualTo("b");
    session.ping();
    assertThat(session.unread()).isZero();
    session.close();
  }

  @Test
  void storedMessagePassesTheFilterOfALiveSession() {
    WsClient calls = WsClient.signIn(patient, "/ws?events=call.*", token());
    quick.publish(notification("a").put("type", "ticket.created").put("offline", "store"));
    quick.publish(notification("b").put("topic", "callcenter:custom:alerts"));
    quick.publish(notification("c").put("type", "ticket.created"));
    assertThat(calls.next().getString("event_id")).isEqualTo("a");
    assertThat(calls.next().getString("event_id")).isEqualTo("b");
    assertThat(calls.ping().getString("position")).isNotEmpty();
    assertThat(calls.unread()).isZero();
    calls.close();
  }

  private JsonObject order(String id) {
    return notification(id).put("type", "order.updated").put("offline", "store");
  }

  @Test
  void arrayArrivesInItsOrderWhateverTheFilterLeavesOut() {
    WsClient calls = WsClient.signIn(patient, "/ws?events=call.*", token());
    JsonArray array = new JsonArray();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      array.add(order("order-" + i)).add(notification("note-" + i));
      array.add(notification("topic-" + i).put("topic", "callcenter:custom:alerts"));
      expected.addAll(List.of("order-" + i, "note-" + i, "topic-" + i));
    }

    int answer = quick.post("/api/v1/events", array.encode(), TestTokens.service()).statusCode();
    List<String> got = new ArrayList<>();
    for (int i = 0; i < expected.size(); i++) {
      got.add(calls.next().getString("event_id"));
    }
    JsonObject unused = calls.ping();

    assertThat(answer).isEqualTo(202);
    assertThat(got).isEqualTo(expected);
    assertThat(calls.unread()).isZero();
    calls.close();
  }

  @Test
  void liveMessageWaitsForAnInboxThatCouldNotBeRead() {
    for (int i = 1; i <= 9; i++) {
      quick.publish(notification("stored-" + i));
    }
    String index = "switchboard:inbox:{callcenter:offline:" + tenant + ":7}";
    assertThat(STORES.redis().cli("RENAME", index, index + ":kept")).isEqualTo("OK");
    assertThat(STORES.redis().cli("SET", index, "of the wrong type")).isEqualTo("OK");
    WsClient session = WsClient.signIn(patient, token());
    assertThat(session.ping().getString("position")).isNotEmpty();

    assertThat(STORES.redis().cli("RENAME", index + ":kept", index)).isEqualTo("OK");
    quick.publish(notification("live"));

    for (int i = 1; i <= 9; i++) {
      assertThat(session.next("notification").getString("event_id")).isEqualTo("stored-" + i);
    }
    assertThat(session.next("notification").getString("event_id")).isEqualTo("live");
    JsonObject unused = session.ping();
    assertThat(session.unread()).isZero();
    session.close();
  }

  @Test
  void acknowledgedMessageThatIsStillStoredIsNotSentAgain() {
    WsClient session = WsClient.signIn(patient, token());
    JsonArray ids = new JsonArray();
    for (String id : List.of("a", "b", "c")) {
      quick.publish(notification(id));
      assertThat(session.next().getString("event_id")).isEqualTo(id);
      ids.add(id);
    }
    String hint = new JsonObject().put("kind", "read_inbox").put("tenant_id", tenant).encode();
    try {
      assertThat(STORES.redis().cli("CONFIG", "SET", "min-replicas-to-write", "1")).isEqualTo("OK");
      session.send("ack", new JsonObject().put("event_ids", ids));
      JsonObject unused = session.ping();
      String heard =
          STORES
              .redis()
              .cli("PUBLISH", "switchboard:control", hint.replace("}", ",\"user_id\":\"7\"}"));
      assertThat(heard).isNotEqualTo("0");
    } finally {
      assertThat(STORES.redis().cli("CONFIG", "SET", "min-replicas-to-write", "0")).isEqualTo("OK");
    }
    quick.publish(order("d"));

    assertThat(session.next("order.updated").getString("event_id")).isEqualTo("d");
    awaitEmpty();
    session.close();
  }

  private String push(String message) {
    return STORES.redis().cli("RPUSH", "callcenter:offline:" + tenant + ":7", message);
  }

  private String envelope(String members) {
    return "{\"type\":\"notification\",\"tenant_id\":\"" + tenant + "\"," + members + "}";
  }

  @Test
  void messagesPushedByOtherProgramsAreDeliveredInOrderAndAcknowledged() {
    assertThat(push(envelope("\"payload\":{\"n\":\"first\"},\"event_id\":\"p1\""))).isEqualTo("1");
    quick.publish(notification("a"));
    String twin = envelope("\"payload\": {\"n\": \"twin\"}");
    assertThat(push(twin)).isNotEqualTo(push(twin));
    quick.publish(notification("b"));
    for (String more :
        List.of(
            "no envelope",
            envelope("\"user_id\":\"8\",\"payload\":1"),
            envelope("\"payload\":{\"n\":\"again\"},\"event_id\":\"b\""))) {
      assertThat(push(more)).isNotEmpty();
    }
    assertThat(waiting()).isEqualTo(8);
    WsClient session = WsClient.signIn(patient, token());
    for (String expected : List.of("first", "a", "twin", "twin", "b")) {
      JsonObject message = session.next();
      assertThat(message.getJsonObject("payload").getString("n")).isEqualTo(expected);
      assertThat(message.getString("user_id")).isEqualTo("7");
      assertThat(message.getString("event_id")).isNotEmpty();
      assertThat(message.getValue("id")).isNull();
    }
    awaitEmpty();
    session.ping();
    assertThat(session.unread()).isZero();
    session.close();
  }

  /** Neither answers a ping: its proof of receipt could take the message from the other. */
  @Test
  void savedMessageReachesLiveSessionsAtOnceAndOnEveryNode() {
    String path = "/api/v1/tenants/" + tenant + "/users/7/inbox";
    RawSocket here = RawSocket.signIn(quick, token());
    RawSocket there = RawSocket.signIn(patient, token());
    int saved =
        quick.post(path, "{\"type\":\"note\",\"payload\":1}", TestTokens.service()).statusCode();
    assertThat(saved).isEqualTo(201);
    String eventId = nextNote(here).getString("event_id");
    assertThat(nextNote(there).getString("event_id")).isEqualTo(eventId);
    String ack = "{\"type\":\"ack\",\"payload\":{\"event_ids\":[\"" + eventId + "\"]}}";
    there.send(0x81, ack.getBytes(StandardCharsets.UTF_8));
    awaitEmpty();
    here.close();
    there.close();
  }

  private static JsonObject nextNote(RawSocket socket) {
    JsonObject message = socket.nextText();
    while (!"note".equals(message.getString("type"))) {
      message = socket.nextText();
    }
    return message;
  }

  @Test
  void messagesAreSavedReadAndClearedOverHttp() {
    String path = "/api/v1/tenants/" + tenant + "/users/7/inbox";
    String message = "{\"type\":\"note\",\"event_id\":\"x\",\"payload\":{\"a\":1}}";
    int saved = quick.post(path, message, TestTokens.service()).statusCode();
    assertThat(saved).isEqualTo(201);
    JsonObject page = new JsonObject(patient.get(path, TestTokens.service()).body());
    assertThat(page.getJsonArray("messages")).hasSize(1);
    assertThat(page.getJsonArray("messages").getJsonObject(0).getString("event_id")).isEqualTo("x");
    assertThat(patient.get(path, token()).statusCode()).isEqualTo(403);
    String credential = "Bearer " + TestTokens.service();
    assertThat(quick.call("DELETE", path, null, "Authorization", credential).body())
        .isEqualTo("{\"removed\":1}");
    awaitEmpty();
  }
}
