package dev.switchboard.soak;

import dev.switchboard.support.RawHttp;
import dev.switchboard.support.SseClient;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * What one worker does with a node. Each step undoes what would stay by design: it takes its users
 * and topics from a small number, forgets what it keeps, and removes what it creates. Users of one
 * worker are no other worker's.
 */
final class Steps {
  private static final int USERS = 5;
  private static final int TOPICS = 3;
  private static final String TENANT = "soak";

  private final TestNode node;
  private final String receiver;
  private final String worker;
  private final Random random;
  private final String service = token(new JsonObject().put("svc", true));
  private final Map<String, String> tokens = new HashMap<>();
  private long webhook;
  private long owed;

  Steps(TestNode node, String receiver, int number, Random random) {
    this.node = node;
    this.receiver = receiver;
    this.worker = "w" + number;
    this.random = random;
  }

  /** Number of events that owed a call of a webhook. */
  long owed() {
    return owed;
  }

  /** For a week, so that the same one is good for the whole run. */
  private static String token(JsonObject claims) {
    return TestTokens.sign(claims.put("exp", TestTokens.now() + 7 * 86_400));
  }

  private String user() {
    return user(random.nextInt(USERS));
  }

  private String user(int number) {
    return worker + "-user-" + number;
  }

  private String topic() {
    return topic(random.nextInt(TOPICS));
  }

  private String topic(int number) {
    return "callcenter:custom:" + worker + "-" + number;
  }

  /** Uses all that stays by design once: every user and topic, the device, and the webhook. */
  void useAll() {
    for (int number = 0; number < USERS; number++) {
      WsClient socket = WsClient.signIn(node, supervisor(user(number)));
      JsonObject unused = socket.ping();
      socket.leave();
    }
    for (int number = 0; number < TOPICS; number++) {
      JsonObject unused = node.publish(event("call.noted").put("topic", topic(number)));
    }
    reportDevice();
    callWebhook();
  }

  private String supervisor(String user) {
    return tokens.computeIfAbsent(
        user,
        name ->
            token(
                new JsonObject()
                    .put("tenant_id", TENANT)
                    .put("user_id", name)
                    .put("role", "supervisor")));
  }

  /** A topic that nobody publishes to. */
  private static String freshTopic() {
    return "callcenter:custom:" + UUID.randomUUID();
  }

  void liveOnSocket() {
    String user = user();
    WsClient socket =
        WsClient.signIn(node, "/ws?events=call.*&topics=" + topic(), supervisor(user));
    JsonObject unused =
        socket.subscribe(
            new JsonObject()
                .put("topics", new JsonArray().add(topic()).add(freshTopic()))
                .put("users", new JsonArray().add(user()).add(user()))
                .put("kept", new JsonArray().add("queues")));
    socket.send("chat.typing", new JsonObject());
    socket.send("call.noted", new JsonObject().put("text", "note"));
    socket.sendText("this is no JSON");
    unused = socket.ping();
    socket.send("unsubscribe", new JsonObject().put("events", new JsonArray().add("call.*")));
    unused = socket.ping();
    leave(socket);
  }

  /** Some leave in order, others just vanish. */
  private void leave(WsClient socket) {
    if (random.nextBoolean()) {
      socket.leave();
    } else {
      socket.close();
    }
  }

  void liveOnStream() {
    try (SseClient stream =
        SseClient.open(
            node,
            "?events=call.*&topics=" + topic() + "," + freshTopic(),
            "Authorization",
            "Bearer " + supervisor(user()))) {
      SseClient.Block unused = stream.next();
    }
  }

  void signInWithTicket() {
    String token = supervisor(user());
    HttpResponse<String> made = node.post("/api/v1/ws/tickets", "{}", token);
    expect(made, 201);
    String ticket = new JsonObject(made.body()).getString("ticket");
    WsClient socket = WsClient.open(node, "/ws?ticket=" + ticket);
    JsonObject unused = socket.next("connected");
    leave(socket);
  }

  /** Credentials that are no good, or none at all. */
  void beRefused() {
    WsClient socket = WsClient.open(node, "/ws");
    if (random.nextBoolean()) {
      socket.sendText("{\"type\":\"auth\",\"payload\":{\"token\":\"not.a.token\"}}");
    }
    WsClient.Closed unused = socket.awaitClose();
    expect(node.post("/api/v1/events", "{\"type\":", service), 400);
    expect(node.get("/api/v1/events/stream", "not.a.token"), 401);
  }

  /** A connection that ends in the middle of a request. */
  void sendHalfARequest() {
    String head = "POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n";
    try (RawHttp connection = new RawHttp(node)) {
      connection.send(random.nextBoolean() ? head : head + "\r\n{\"tenant_id\":");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void publish() {
    JsonArray events = new JsonArray();
    for (int i = 0; i < 5; i++) {
      events.add(event("call.incoming"));
      events.add(event("call.noted").put("topic", topic()));
    }
    expect(node.post("/api/v1/events", events.encode(), service), 202);
  }

  private static JsonObject event(String type) {
    return new JsonObject()
        .put("tenant_id", TENANT)
        .put("type", type)
        .put("payload", new JsonObject().put("caller", "+49 30 123456").put("queue", "support"));
  }

  /** A message for a user who is away, read and confirmed by a session. */
  void useInbox() {
    String user = user();
    String id = UUID.randomUUID().toString();
    JsonObject unused =
        node.publish(event("notification").put("user_id", user).put("event_id", id));
    WsClient socket = WsClient.signIn(node, supervisor(user));
    JsonObject message = socket.next("notification");
    while (!id.equals(message.getString("event_id"))) {
      message = socket.next("notification");
    }
    socket.send("ack", new JsonObject().put("event_ids", new JsonArray().add(id)));
    unused = socket.ping();
    socket.leave();
    String inbox = "/api/v1/tenants/" + TENANT + "/users/" + user + "/inbox";
    expect(call("DELETE", inbox), 200, 204);
  }

  void keepAndForget() {
    String key = worker + "-" + random.nextInt(USERS);
    JsonObject unused = node.publish(event("queue.stats").put("keep", "queues/" + key));
    expect(node.get("/api/v1/tenants/" + TENANT + "/kept/queues", service), 200);
    expect(call("DELETE", "/api/v1/tenants/" + TENANT + "/kept/queues/" + key), 200);
  }

  void reportDevice() {
    String path = "/api/v1/tenants/" + TENANT + "/presence/" + worker + "-device";
    expect(call("PUT", path), 200, 204);
    expect(call("DELETE", path), 200, 204);
  }

  void read() {
    expect(node.get("/api/v1/tenants/" + TENANT + "/presence", service), 200);
    expect(node.get("/api/v1/tenants/" + TENANT + "/events?limit=100", service), 200);
    expect(node.get("/api/v1/ws/stats", service), 200);
    expect(node.get("/api/v1/no-such-path", service), 404);
    expect(node.get("/docs", service), 200);
  }

  /** Lets events call a webhook that stays. */
  void callWebhook() {
    if (webhook == 0) {
      webhook = createWebhook("stays");
    }
    publishTo("stays");
  }

  /** Creates a webhook, lets events call it, and deletes it. */
  void createAndDeleteWebhook() {
    long created = createWebhook("goes");
    publishTo("goes");
    expect(call("DELETE", "/api/v1/webhooks/" + created), 204);
  }

  private long createWebhook(String name) {
    JsonObject draft =
        new JsonObject()
            .put("tenant_id", TENANT)
            .put("name", name)
            .put("url", receiver)
            .put("events", new JsonArray().add(worker + "." + name))
            .put("retry_schedule", new JsonArray().add(0.1).add(0.2).add(0.5));
    HttpResponse<String> made = node.post("/api/v1/webhooks", draft.encode(), service);
    expect(made, 201);
    return new JsonObject(made.body()).getLong("id");
  }

  private void publishTo(String name) {
    for (int i = 0; i < 5; i++) {
      JsonObject published = node.publish(event(worker + "." + name));
      owed += published.getInteger("deliveries") > 0 ? 1 : 0;
    }
  }

  private HttpResponse<String> call(String method, String path) {
    return node.call(method, path, null, "Authorization", "Bearer " + service);
  }

  private static void expect(HttpResponse<String> answer, int... statuses) {
    for (int status : statuses) {
      if (answer.statusCode() == status) {
        return;
      }
    }
    throw new AssertionError(
        answer.request().method()
            + " "
            + answer.uri().getPath()
            + " was answered "
            + answer.statusCode()
            + ": "
            + answer.body());
  }
}
