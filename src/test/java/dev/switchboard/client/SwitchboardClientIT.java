package dev.switchboard.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.client.model.Event;
import dev.switchboard.client.model.LoadRequest;
import dev.switchboard.client.model.Names;
import dev.switchboard.client.model.PublishOptions;
import dev.switchboard.client.model.Published;
import dev.switchboard.client.model.Status;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TcpProxy;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The Java client against a real node, through a proxy that cuts its connections. */
class SwitchboardClientIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;
  private static TcpProxy proxy;

  @BeforeAll
  static void start() {
    node = TestNode.start(TestNode.config(stores));
    proxy = new TcpProxy("127.0.0.1", node.port());
  }

  @AfterAll
  static void stop() {
    proxy.close();
    node.close();
  }

  @Test
  void eventsOfAnInterruptionFollowOnceAndInOrder() {
    List<String> received = new CopyOnWriteArrayList<>();
    List<LoadRequest.Reason> resyncs = new CopyOnWriteArrayList<>();
    try (SwitchboardClient client = client("resume", "1", Names.ofEvents("call.*"))) {
      client.on("call.*", event -> received.add(String.valueOf(event.eventId())));
      client.onResync(resyncs::add);
      connect(client);
      publish("resume", "c1");
      Waiting.until("the first event came", () -> received.size() == 1);

      proxy.cut();
      Waiting.until(
          "the loss was noticed", () -> client.status().state() != Status.State.CONNECTED);
      publish("resume", "c2");
      publish("resume", "c3");
      proxy.restore();
      Waiting.until("the others came", () -> received.size() >= 3);
      publish("resume", "c4");
      Waiting.until("it goes on", () -> received.contains("c4"));
    } finally {
      proxy.restore();
    }
    assertThat(received).containsExactly("c1", "c2", "c3", "c4");
    assertThat(resyncs).isEmpty();
  }

  @Test
  void whatIsPublishedDuringAnInterruptionIsAcceptedAfterIt() throws Exception {
    List<Event> received = new CopyOnWriteArrayList<>();
    try (SwitchboardClient listener = client("publish", "1", Names.ofEvents("chat.message"));
        SwitchboardClient client = client("publish", "2", Names.ofEvents())) {
      listener.on("chat.message", received::add);
      connect(listener);
      connect(client);
      proxy.cut();
      CompletableFuture<Published> published =
          client.publish(
              "chat.message",
              Map.of("text", "Grüße \"quoted\"", "amount", 1.5, "tags", List.of("a", "b")),
              PublishOptions.DEFAULT.sessionId("chat-1"));
      proxy.restore();

      Published answer = published.get(60, TimeUnit.SECONDS);
      assertThat(answer.eventId()).contains(":");
      Waiting.until("it was delivered", () -> !received.isEmpty());
      assertThat(received).hasSize(1);
      assertThat(received.get(0).eventId()).isEqualTo(answer.eventId());
      assertThat(String.valueOf(received.get(0).payload())).contains("Grüße \"quoted\"", "1.5");
    } finally {
      proxy.restore();
    }
  }

  @Test
  void clientThatReceivedNothingYetRecovers() {
    List<String> received = new CopyOnWriteArrayList<>();
    List<LoadRequest.Reason> resyncs = new CopyOnWriteArrayList<>();
    try (SwitchboardClient client = client("early", "1", Names.ofEvents("call.*"))) {
      client.on("call.*", event -> received.add(String.valueOf(event.eventId())));
      client.onResync(resyncs::add);
      connect(client);
      client.disconnect();
      publish("early", "c1");
      connect(client);
      Waiting.until("it came", () -> received.size() == 1);
    }
    assertThat(resyncs).isEmpty();
  }

  @Test
  void restartOfTheServerLosesNeitherEventsNorState() {
    List<String> received = new CopyOnWriteArrayList<>();
    List<LoadRequest.Reason> resyncs = new CopyOnWriteArrayList<>();
    JsonObject config = TestNode.config(stores);
    TestNode first = TestNode.start(config);
    config.getJsonObject("http").put("port", first.port());
    Names names = new Names(List.of("call.*"), List.of(), List.of(), List.of("queues"));
    try (SwitchboardClient client =
        clientAt("127.0.0.1:" + first.port(), TestTokens.user("restart", "1"), names)) {
      client.on("call.*", event -> received.add(String.valueOf(event.eventId())));
      client.onResync(resyncs::add);
      connect(client);
      first.publish(queue("restart", "a"));
      first.publish(event("restart", "c1"));
      Waiting.until("the first event came", () -> received.size() == 1);
      first.close();
      publish("restart", "c2");
      node.publish(queue("restart", "b"));
      try (TestNode second = TestNode.start(config)) {
        second.publish(event("restart", "c3"));
        Waiting.until("the others came", () -> received.size() == 3);
        Waiting.until("the state is whole", () -> client.kept("queues").events().size() == 2);
      }
    }
    assertThat(received).containsExactly("c1", "c2", "c3");
    assertThat(resyncs).isEmpty();
  }

  private static JsonObject queue(String tenant, String key) {
    return new JsonObject()
        .put("type", "queue.stats")
        .put("tenant_id", tenant)
        .put("keep", "queues/" + key)
        .put("payload", new JsonObject().put("queue_name", key));
  }

  @Test
  void messageOfTheInboxIsRemovedOnceAListenerTookIt() {
    String message =
        "{\"type\":\"notification\",\"tenant_id\":\"inbox\",\"user_id\":\"7\",\"payload\":{}}";
    assertThat(node.post("/api/v1/events", message, TestTokens.service()).statusCode())
        .isEqualTo(202);
    List<Event> received = new CopyOnWriteArrayList<>();
    try (SwitchboardClient client = client("inbox", "7", Names.ofEvents("*"))) {
      client.on("notification", received::add);
      connect(client);
      Waiting.until("it came", () -> !received.isEmpty());
      Waiting.until("the inbox is empty", () -> inboxSize("inbox", "7") == 0);
    }
  }

  @Test
  void secondRefusalOfATokenClosesTheClient() {
    SwitchboardClient client =
        SwitchboardClient.builder(URI.create("http://" + proxy.address()))
            .token("not.a.token")
            .onError(failure -> {})
            .build();
    client.connect();
    Waiting.until("it is closed", () -> client.status().state() == Status.State.CLOSED);

    assertThat(client.status().reason()).isEqualTo(Status.Reason.NOT_AUTHENTICATED);
    assertThat(client.publish("chat.message", Map.of())).failsWithin(60, TimeUnit.SECONDS);
  }

  private static SwitchboardClient client(String tenant, String user, Names names) {
    return clientAt(proxy.address(), TestTokens.user(tenant, user), names);
  }

  private static SwitchboardClient clientAt(String address, String token, Names names) {
    return SwitchboardClient.builder(URI.create("http://" + address))
        .token(token)
        .names(names)
        .onError(failure -> {})
        .build();
  }

  private static void connect(SwitchboardClient client) {
    client.connect();
    Waiting.until("it is connected", () -> client.status().state() == Status.State.CONNECTED);
  }

  private static void publish(String tenant, String eventId) {
    JsonObject unused = node.publish(event(tenant, eventId));
  }

  private static JsonObject event(String tenant, String eventId) {
    return new JsonObject()
        .put("type", "call.incoming")
        .put("tenant_id", tenant)
        .put("event_id", eventId)
        .put("payload", new JsonObject());
  }

  private static int inboxSize(String tenant, String user) {
    String path = "/api/v1/tenants/" + tenant + "/users/" + user + "/inbox";
    return new JsonObject(node.get(path, TestTokens.service()).body())
        .getJsonArray("messages")
        .size();
  }
}
