package dev.switchboard.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WebhookReceiver;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Kept events are produced, read and forgotten over HTTP. */
@SuppressWarnings("NullAway.Init")
class KeptEventsIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  private final String tenant = "tenant-" + UUID.randomUUID().toString().substring(0, 8);

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.put(
        "kept", new JsonObject().put("maxKeys", 50).put("topicMaxKeys", 2).put("maxTopics", 1));
    config.getJsonObject("auth", new JsonObject()).put("roles", roles());
    node = TestNode.start(config);
  }

  private static JsonObject roles() {
    return new JsonObject()
        .put(
            "kept",
            new JsonObject()
                .put("*", new JsonArray().add("queue*"))
                .put("admin", new JsonArray().add("*")));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private JsonObject queue(String key) {
    return event("queue.stats", "queues/" + key);
  }

  private JsonObject event(String type, String keep) {
    return new JsonObject()
        .put("tenant_id", tenant)
        .put("type", type)
        .put("keep", keep)
        .put("payload", new JsonObject().put("queue_name", keep));
  }

  private JsonObject read(String path) {
    HttpResponse<String> answer = get(path, TestTokens.service());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  private HttpResponse<String> get(String path, String credential) {
    return node.get("/api/v1/tenants/" + tenant + "/kept" + path, credential);
  }

  private HttpResponse<String> delete(String path, String credential) {
    return node.call(
        "DELETE",
        "/api/v1/tenants/" + tenant + "/kept" + path,
        null,
        "Authorization",
        "Bearer " + credential);
  }

  private static HttpResponse<String> post(Object events) {
    return node.post("/api/v1/events", events.toString(), TestTokens.service());
  }

  private static List<String> keys(JsonObject page) {
    return page.getJsonArray("events").stream()
        .map(event -> ((JsonObject) event).getString("keep"))
        .toList();
  }

  @Test
  void lastEventOfAKeyIsItsState() {
    JsonObject answer = node.publish(queue("a").put("payload", 1));
    JsonObject unused = node.publish(queue("b"));
    JsonObject last = node.publish(queue("a").put("payload", 2).put("keep_for", 60));
    node.publish(event("agent.state.changed", "agents/7").put("payload", 3));

    JsonObject summary = read("");
    JsonObject page = read("/queues");
    JsonObject one = read("/queues/a");

    assertThat(Instant.parse(answer.getString("kept_since"))).isBefore(Instant.now());
    assertThat(summary.getJsonArray("collections"))
        .containsExactly(
            new JsonObject().put("name", "agents").put("keys", 1),
            new JsonObject().put("name", "queues").put("keys", 2));
    assertThat(summary.getInteger("keys")).isEqualTo(3);
    assertThat(summary.getInteger("bytes")).isPositive();
    assertThat(summary.getString("since")).isEqualTo(answer.getString("kept_since"));
    assertThat(keys(page)).containsExactly("queues/b", "queues/a");
    assertThat(page.getString("next")).isNull();
    assertThat(one).isEqualTo(page.getJsonArray("events").getJsonObject(1));
    assertThat(one.getString("id")).isEqualTo(last.getString("id"));
    assertThat(one.getInteger("payload")).isEqualTo(2);
    assertThat(Instant.parse(one.getString("keep_until")))
        .isEqualTo(Instant.parse(one.getString("timestamp")).plusSeconds(60));
    assertThat(get("/queues/c", TestTokens.service()).statusCode()).isEqualTo(404);
  }

  /** Of each of which a backend may keep the state. */
  @Test
  void keyMayBeAnyUserId() {
    for (String user : List.of("auth0|1", "f:uuid:name", "_x", "-y", "a=b~@+.")) {
      JsonObject unused = node.publish(queue(user));

      assertThat(read("/queues/" + URLEncoder.encode(user, UTF_8)).getString("keep"))
          .isEqualTo("queues/" + user);
    }
    for (String key : List.of(".", "..", "a,b", "a/b", "")) {
      assertThat(post(queue(key)).statusCode()).as(key).isEqualTo(400);
    }
  }

  @Test
  void pagesBelongToOnePositionFromWhichTheLogGoesOn() {
    JsonArray events = new JsonArray();
    IntStream.range(0, 7).forEach(i -> events.add(queue("k" + i)));
    assertThat(post(events).statusCode()).isEqualTo(202);

    JsonObject first = read("/queues?limit=3");
    JsonObject later = node.publish(queue("k0"));
    JsonObject unused = node.publish(queue("new"));
    List<String> all = new ArrayList<>(keys(first));
    JsonObject page = first;
    while (page.getString("next") != null) {
      page = read("/queues?limit=3&after=" + page.getString("next"));
      assertThat(page.getString("position")).isEqualTo(first.getString("position"));
      all.addAll(keys(page));
    }

    assertThat(all)
        .containsExactlyElementsOf(IntStream.range(0, 7).mapToObj(i -> "queues/k" + i).toList());
    JsonObject log =
        new JsonObject(
            node.get(
                    "/api/v1/tenants/" + tenant + "/events?after=" + first.getString("position"),
                    TestTokens.service())
                .body());
    assertThat(log.getJsonArray("events").getJsonObject(0).getString("id"))
        .isEqualTo(later.getString("id"));
    stores
        .redis()
        .cli("HSET", "switchboard:log-meta:{" + tenant + "}", "replid", "none", "run", "none");
    assertThat(get("/queues?after=" + first.getString("next"), TestTokens.service()).body())
        .contains("/problems/kept-changed");
    assertThat(read("/queues").getJsonArray("events")).hasSize(8);
  }

  @Test
  void forgettingEndsAStateAndARepeatDoesNotBringItBack() {
    JsonObject set = queue("a").put("event_id", "set-1");
    JsonObject first = node.publish(set);
    JsonObject unused = node.publish(queue("a").put("forget", true));

    assertThat(get("/queues/a", TestTokens.service()).statusCode()).isEqualTo(404);
    assertThat(node.publish(set)).isEqualTo(first);
    assertThat(get("/queues/a", TestTokens.service()).statusCode()).isEqualTo(404);
  }

  @Test
  void supersededEventIsNeitherPublishedNorStopsWhatFollows() {
    WsClient listener = WsClient.signIn(node, TestTokens.user(tenant, "u"));
    JsonObject newer = node.publish(queue("a"));
    JsonObject old = queue("a").put("as_of", Instant.now().minusSeconds(30).toString());

    HttpResponse<String> answer = post(new JsonArray().add(old).add(queue("b")));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    JsonObject superseded = new JsonArray(answer.body()).getJsonObject(0);
    assertThat(superseded.getBoolean("superseded")).isTrue();
    assertThat(superseded.getString("id")).isNull();
    assertThat(read("/queues/a").getString("id")).isEqualTo(newer.getString("id"));
    assertThat(listener.next("queue.stats").getString("keep")).isEqualTo("queues/a");
    assertThat(listener.next("queue.stats").getString("keep")).isEqualTo("queues/b");
  }

  @Test
  void newKeyBeyondTheBoundsIsRefused() {
    JsonObject inTopic = queue("a").put("topic", "callcenter:custom:x");
    JsonObject unused = node.publish(inTopic);
    JsonObject unusedToo = node.publish(inTopic.copy().put("keep", "queues/b"));

    HttpResponse<String> full = post(inTopic.copy().put("keep", "queues/c"));
    HttpResponse<String> otherTopic = post(queue("a").put("topic", "callcenter:custom:y"));

    assertThat(full.statusCode()).isEqualTo(429);
    assertThat(full.body()).contains("/problems/kept-full", "kept event: keys");
    assertThat(otherTopic.body()).contains("/problems/kept-full", "kept event: topics");
    assertThat(post(inTopic.copy().put("payload", 2)).statusCode()).isEqualTo(202);
    assertThat(post(inTopic.copy().put("keep", "queues/b").put("forget", true)).statusCode())
        .isEqualTo(202);
    assertThat(post(inTopic.copy().put("keep", "queues/c")).statusCode()).isEqualTo(202);
    assertThat(keys(read("/queues?topic=callcenter:custom:x")))
        .containsExactly("queues/a", "queues/c");
    assertThat(read("").getJsonArray("collections")).isEmpty();
  }

  @Test
  void membersThatDoNotFitTogetherAreRefused() {
    assertThat(post(queue("a").put("user_id", "7")).body()).contains("\"/keep\"");
    assertThat(post(queue("a").put("forget", true).put("keep_for", 5)).body())
        .contains("\"/keep_for\"");
    assertThat(post(queue("a").put("keep_for", 604_801)).statusCode()).isEqualTo(400);
    assertThat(post(queue("a").put("as_of", Instant.now().plusSeconds(120).toString())).body())
        .contains("\"/as_of\"");
    assertThat(post(queue("a").put("type", "chat.typing")).statusCode()).isEqualTo(400);
    assertThat(post(queue("a").put("type", "kept.forgotten")).statusCode()).isEqualTo(400);
    assertThat(post(queue("a/b")).statusCode()).isEqualTo(400);
    JsonObject alone = queue("a").put("forget", true);
    alone.remove("keep");
    assertThat(post(alone).body()).contains("\"/forget\"");
  }

  @Test
  void onlyServicesKeepEvents() {
    String admin = TestTokens.user(tenant, "1", "admin");
    WsClient socket = WsClient.signIn(node, admin);

    socket.send(queue("a").put("ref", 1));

    assertThat(node.post("/api/v1/events", queue("a").encode(), admin).statusCode()).isEqualTo(403);
    assertThat(socket.nextErrorCode()).isEqualTo("forbidden");
  }

  @Test
  void cloudEventsMayBeKept() {
    JsonObject cloudEvent =
        new JsonObject()
            .put("specversion", "1.0")
            .put("id", "1")
            .put("source", "/pbx")
            .put("type", "queue.stats")
            .put("tenantid", tenant)
            .put("keep", "queues/a")
            .put("keepfor", 60)
            .put("data", new JsonObject().put("queue_name", "a"));

    HttpResponse<String> answer =
        node.call(
            "POST",
            "/api/v1/events",
            cloudEvent.encode(),
            "Authorization",
            "Bearer " + TestTokens.service(),
            "Content-Type",
            "application/cloudevents+json");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    assertThat(read("/queues/a").getString("keep_until")).isNotNull();
  }

  @Test
  void personsReadWhatTheirRoleMayFollowAndSee() {
    String agent = TestTokens.user(tenant, "u");
    JsonObject unused = node.publish(queue("a"));
    JsonObject hidden = node.publish(queue("b").put("type", "presence-like.secret"));
    JsonObject unusedToo = node.publish(event("agent.state.changed", "agents/7"));

    assertThat(keys(new JsonObject(get("/queues", agent).body())))
        .containsExactly("queues/a", "queues/b");
    assertThat(hidden.getString("id")).isNotNull();
    assertThat(new JsonObject(get("", agent).body()).getJsonArray("collections")).hasSize(1);
    assertThat(get("/agents", agent).statusCode()).isEqualTo(403);
    assertThat(get("/agents/7", agent).statusCode()).isEqualTo(403);
    assertThat(delete("/queues/a", agent).statusCode()).isEqualTo(403);
    String other = TestTokens.user("another", "u", "admin");
    assertThat(get("", other).statusCode()).isEqualTo(403);
    assertThat(delete("/queues", other).statusCode()).isEqualTo(403);
  }

  @Test
  void deletingForgetsAndIsAnEventOfTheServer() {
    String admin = TestTokens.user(tenant, "1", "admin");
    WsClient listener = WsClient.signIn(node, admin);
    JsonArray events = new JsonArray();
    IntStream.range(0, 5).forEach(i -> events.add(queue("k" + i)));
    assertThat(post(events).statusCode()).isEqualTo(202);
    JsonObject unused = node.publish(event("queue.stats", "queues-2/a"));

    HttpResponse<String> one = delete("/queues/k0", admin);

    assertThat(one.statusCode()).as(one.body()).isEqualTo(200);
    JsonObject heard = listener.next("kept.forgotten");
    assertThat(heard.getString("id")).isEqualTo(new JsonObject(one.body()).getString("id"));
    assertThat(heard.getBoolean("forget")).isTrue();
    assertThat(heard.getString("keep")).isEqualTo("queues/k0");
    assertThat(delete("/queues/k0", admin).statusCode()).isEqualTo(404);
    assertThat(
            new JsonObject(delete("/queues", TestTokens.service()).body()).getInteger("forgotten"))
        .isEqualTo(4);
    assertThat(read("").getJsonArray("collections"))
        .containsExactly(new JsonObject().put("name", "queues-2").put("keys", 1));
  }

  @Test
  void webhooksLearnWhatWasKept() {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      stores
          .postgres()
          .execute(
              "INSERT INTO webhooks (tenant_id, name, url, events) VALUES ('"
                  + tenant
                  + "', 'all', '"
                  + receiver.url()
                  + "', '[\"*\"]')");
      Waiting.until(
          "the webhook is known", () -> node.publish(queue("a")).getInteger("deliveries") == 1);
      assertThat(receiver.next().header("X-Webhook-Keep")).isEqualTo("queues/a");
      JsonObject forgotten = node.publish(queue("a").put("forget", true));
      WebhookReceiver.Call call = receiver.next();

      assertThat(forgotten.getInteger("deliveries")).isEqualTo(1);
      assertThat(call.header("X-Webhook-Keep")).isEqualTo("queues/a");
      assertThat(call.header("X-Webhook-Forget")).isEqualTo("true");
      JsonObject unused = node.publish(queue("b"));
      assertThat(receiver.next().header("X-Webhook-Keep")).isEqualTo("queues/b");
      assertThat(delete("/queues/b", TestTokens.service()).statusCode()).isEqualTo(200);
      JsonObject unusedToo = node.publish(queue("c"));
      assertThat(receiver.next().header("X-Webhook-Keep")).isEqualTo("queues/c");
    }
  }
}
