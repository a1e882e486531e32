package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What one tenant may have in Redis, whichever credential creates it. */
class TenantLimitsIT {
  @RegisterExtension static final Stores STORES = new Stores();
  private static final AtomicInteger TENANTS = new AtomicInteger();
  private static final int USERS = 8;
  private static final int TOPICS = 4;
  private static final String TOO_MANY_USERS = "inbox_users";

  private static TestNode node;
  private String tenant = "";

  @BeforeAll
  static void start() {
    node =
        TestNode.start(
            TestNode.config(STORES)
                .put("ingest", new JsonObject().put("maxRememberedIds", 1_000))
                .put(
                    "presence",
                    new JsonObject()
                        .put("lease", "1s")
                        .put("heartbeat", "200ms")
                        .put("grace", "100ms")
                        .put("reaper", "100ms"))
                .put(
                    "limits",
                    new JsonObject()
                        .put("inboxUsers", USERS)
                        .put("inboxBytes", "128KiB")
                        .put("topics", TOPICS)
                        .put("topicBytes", "128KiB")
                        .put("presenceUsers", 3)
                        .put("ticketsPerUser", 2)
                        .put("commands", 2)));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @BeforeEach
  void newTenant() {
    tenant = "limited-" + TENANTS.incrementAndGet();
  }

  private JsonObject event(String type) {
    return new JsonObject().put("tenant_id", tenant).put("type", type).put("payload", 1);
  }

  private JsonObject messageFor(String user) {
    return event("chat.message").put("user_id", user);
  }

  private static HttpResponse<String> post(Object body, String token) {
    return node.post("/api/v1/events", body.toString(), token);
  }

  private static HttpResponse<String> postAsService(Object body) {
    return post(body, TestTokens.service());
  }

  private static void assertRefused(HttpResponse<String> answer, String limit) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(429);
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    JsonObject problem = new JsonObject(answer.body());
    assertThat(problem.getString("type")).isEqualTo("/problems/limit-reached");
    assertThat(problem.getJsonArray("errors").stream())
        .anyMatch(error -> limit.equals(((JsonObject) error).getString("limit")));
  }

  private static long inboxes(String tenant) {
    return Long.parseLong(
        STORES.redis().cli("ZCARD", "switchboard:inbox-ends:{" + tenant + "}").trim());
  }

  @Test
  void agentCanFillHalfOfTheInboxesAndTheBackendTheRest() {
    String agent = TestTokens.user(tenant, "agent");
    for (int i = 0; i < USERS / 2; i++) {
      assertThat(post(messageFor("made-up-" + i), agent).statusCode()).isEqualTo(202);
    }

    assertRefused(post(messageFor("one-more"), agent), TOO_MANY_USERS);
    assertThat(post(messageFor("made-up-0"), agent).statusCode()).isEqualTo(202);
    assertThat(post(messageFor("dropped").put("offline", "drop"), agent).statusCode())
        .isEqualTo(202);
    for (int i = 0; i < USERS / 2; i++) {
      assertThat(postAsService(messageFor("real-" + i)).statusCode()).isEqualTo(202);
    }
    assertRefused(postAsService(messageFor("last")), TOO_MANY_USERS);
    assertThat(inboxes(tenant)).isEqualTo(USERS);
    assertThat(STORES.redis().cli("EXISTS", "callcenter:offline:" + tenant + ":last"))
        .isEqualTo("0");
  }

  @Test
  void tenantAtItsLimitKeepsNobodyElsesEventFromBeingAccepted() {
    String other = tenant + "-other";
    JsonArray events = new JsonArray();
    for (int i = 0; i < USERS + 2; i++) {
      events.add(messageFor("u" + i)).add(messageFor("u" + i).put("tenant_id", other + i));
    }
    events.add(event("call.incoming"));

    HttpResponse<String> answer = postAsService(events);

    assertRefused(answer, TOO_MANY_USERS);
    List<JsonObject> results =
        new JsonObject(answer.body())
            .getJsonArray("errors").stream().map(JsonObject.class::cast).toList();
    List<Integer> refused =
        IntStream.range(0, results.size())
            .filter(index -> results.get(index).containsKey("error"))
            .boxed()
            .toList();
    assertThat(refused).containsExactly(2 * USERS, 2 * USERS + 2);
    assertThat(refused)
        .allMatch(index -> results.get(index).getString("limit").equals(TOO_MANY_USERS))
        .allMatch(index -> results.get(index).getString("accepted").equals("no"));
  }

  @Test
  void bytesOfAllInboxesTogetherAreLimited() {
    JsonObject large = messageFor("a").put("payload", "x".repeat(30_000));
    for (String user : List.of("a", "b", "c", "d")) {
      assertThat(postAsService(large.put("user_id", user)).statusCode()).isEqualTo(202);
    }

    assertRefused(postAsService(large.put("user_id", "e")), "inbox_bytes");
    assertRefused(node.post(inbox("e"), note(30_000), TestTokens.service()), "inbox_bytes");
    assertThat(post(messageFor("a"), TestTokens.user(tenant, "agent")).statusCode()).isEqualTo(429);
    assertThat(postAsService(messageFor("a")).statusCode()).isEqualTo(202);
  }

  private String inbox(String user) {
    return "/api/v1/tenants/" + tenant + "/users/" + user + "/inbox";
  }

  private static String note(int bytes) {
    return new JsonObject().put("type", "note").put("payload", "x".repeat(bytes)).encode();
  }

  @Test
  void roomIsFreeAgainWhenMessagesAreReceivedOrCleared() {
    for (int i = 0; i < USERS; i++) {
      assertThat(postAsService(messageFor("u" + i)).statusCode()).isEqualTo(202);
    }
    assertRefused(postAsService(messageFor("next")), TOO_MANY_USERS);

    try (WsClient session = WsClient.signIn(node, TestTokens.user(tenant, "u0"))) {
      String id = session.next("chat.message").getString("event_id");
      session.send("ack", new JsonObject().put("event_ids", new JsonArray().add(id)));
      Waiting.until("the inbox counts no more", () -> inboxes(tenant) == USERS - 1);
    }
    assertThat(
            node.call("DELETE", inbox("u1"), "", "Authorization", "Bearer " + TestTokens.service())
                .statusCode())
        .isEqualTo(200);
    Waiting.until("the cleared one neither", () -> inboxes(tenant) == USERS - 2);

    assertThat(postAsService(messageFor("next")).statusCode()).isEqualTo(202);
    assertThat(postAsService(messageFor("next-2")).statusCode()).isEqualTo(202);
    assertRefused(postAsService(messageFor("next-3")), TOO_MANY_USERS);
  }

  @Test
  void repeatOfAnAcceptedEventIsAnsweredAlsoAtTheLimit() {
    HttpResponse<String> first = postAsService(messageFor("u0").put("event_id", "first"));
    for (int i = 1; i < USERS; i++) {
      assertThat(postAsService(messageFor("u" + i)).statusCode()).isEqualTo(202);
    }
    assertRefused(postAsService(messageFor("next")), TOO_MANY_USERS);

    assertThat(postAsService(messageFor("u0").put("event_id", "first")).body())
        .isEqualTo(first.body());
  }

  @Test
  void inboxesThatAreGoneWithoutAWordAreFound() {
    for (int i = 0; i < USERS; i++) {
      assertThat(postAsService(messageFor("u" + i)).statusCode()).isEqualTo(202);
      String list = "callcenter:offline:" + tenant + ":u" + i;
      String unused = STORES.redis().cli("DEL", list, "switchboard:inbox:{" + list + "}");
    }

    assertRefused(postAsService(messageFor("next")), TOO_MANY_USERS);

    Waiting.until(
        "the refusal caused a comparison",
        () -> postAsService(messageFor("next")).statusCode() == 202);
  }

  @Test
  void messageOverASocketIsRefusedWithTheLimit() {
    try (WsClient session = WsClient.signIn(node, TestTokens.user(tenant, "agent"))) {
      for (int i = 0; i < USERS / 2; i++) {
        assertThat(postAsService(messageFor("u" + i)).statusCode()).isEqualTo(202);
      }

      session.send(
          new JsonObject()
              .put("type", "chat.message")
              .put("user_id", "made-up")
              .put("ref", "1")
              .put("payload", 1));

      assertThat(session.next("error").getJsonObject("payload").getString("code"))
          .isEqualTo("limit_reached");
    }
  }

  private JsonObject inTopic(String name) {
    return event("chat.message").put("topic", "callcenter:custom:" + name);
  }

  @Test
  void topicsAreLimitedAndPeopleMayCreateHalf() {
    String agent = TestTokens.user(tenant, "agent");
    assertThat(post(inTopic("a"), agent).statusCode()).isEqualTo(202);
    assertThat(post(inTopic("b"), agent).statusCode()).isEqualTo(202);
    assertRefused(post(inTopic("c"), agent), "topics");
    assertThat(postAsService(inTopic("c")).statusCode()).isEqualTo(202);
    assertThat(postAsService(inTopic("d")).statusCode()).isEqualTo(202);

    assertRefused(postAsService(inTopic("e")), "topics");

    assertThat(post(inTopic("a"), agent).statusCode()).isEqualTo(202);
    assertThat(postAsService(inTopic("e").put("tenant_id", tenant + "-other")).statusCode())
        .isEqualTo(202);
    assertThat(metas()).isEqualTo(TOPICS);
  }

  private long metas() {
    String keys = STORES.redis().cli("KEYS", "switchboard:log-meta:{" + tenant + "}:topic:*");
    return keys.equals("[]") ? 0 : keys.split(",").length;
  }

  @Test
  void topicsThatAreReadOnlyAreLimitedAndStillBringEvents() {
    try (WsClient session = WsClient.signIn(node, TestTokens.user(tenant, "agent"))) {
      JsonArray topics = new JsonArray();
      IntStream.range(0, 3 * TOPICS).forEach(i -> topics.add("callcenter:custom:" + i));

      JsonObject unused = session.subscribe(new JsonObject().put("topics", topics));

      assertThat(metas()).isEqualTo(TOPICS);
      for (int i = 0; i < 3 * TOPICS; i++) {
        String path = "/api/v1/tenants/" + tenant + "/kept?topic=callcenter:custom:kept-" + i;
        assertThat(node.get(path, TestTokens.service()).statusCode()).isEqualTo(200);
      }
      assertThat(metas()).isEqualTo(TOPICS);
    }
  }

  @Test
  void bytesInTheLogsOfTopicsAreLimited() {
    JsonObject large = inTopic("a").put("payload", "x".repeat(30_000));
    int accepted = 0;
    HttpResponse<String> last = postAsService(large);
    while (last.statusCode() == 202 && accepted < 10) {
      accepted++;
      last = postAsService(large.put("topic", "callcenter:custom:" + accepted % TOPICS));
    }

    assertRefused(last, "topic_bytes");
    assertThat(accepted).isBetween(3, 4);
    assertThat(postAsService(event("chat.message").put("payload", "x".repeat(30_000))).statusCode())
        .isEqualTo(202);
  }

  @Test
  void devicesBeyondTheUsersWhosePresenceIsKnownAreRefused() {
    for (int i = 0; i < 3; i++) {
      assertThat(putDevice("d" + i).statusCode()).isEqualTo(200);
    }
    assertRefused(putDevice("d3"), "presence_users");
    try (WsClient session = WsClient.signIn(node, TestTokens.user(tenant, "person"))) {
      Waiting.until(
          "sessions are never refused",
          () -> node.get(presence("person"), TestTokens.service()).body().contains("true"));
    }

    Waiting.until("users who are offline make room", () -> putDevice("d4").statusCode() == 200);

    assertThat(
            Long.parseLong(
                STORES
                    .redis()
                    .cli("HLEN", "switchboard:presence:{callcenter:online:" + tenant + "}:states")))
        .isLessThanOrEqualTo(4);
  }

  private String presence(String user) {
    return "/api/v1/tenants/" + tenant + "/presence/" + user;
  }

  private HttpResponse<String> putDevice(String user) {
    return node.call("PUT", presence(user), "", "Authorization", "Bearer " + TestTokens.service());
  }

  @Test
  void ticketsOfOneUserAreLimitedAndExpire() {
    String agent = TestTokens.user(tenant, "agent");
    String stream = "{\"kind\":\"stream\"}";
    assertThat(node.post("/api/v1/ws/tickets", stream, agent).statusCode()).isEqualTo(201);
    assertThat(node.post("/api/v1/ws/tickets", "{}", agent).statusCode()).isEqualTo(201);

    assertRefused(node.post("/api/v1/ws/tickets", stream, agent), "tickets");

    String colleague = TestTokens.user(tenant, "colleague");
    assertThat(node.post("/api/v1/ws/tickets", stream, colleague).statusCode()).isEqualTo(201);
    String key = "switchboard:tickets:{" + tenant + "}:agent";
    String first = STORES.redis().cli("ZRANGE", key, "0", "0").replaceAll("[\\[\\]]", "");
    String unused = STORES.redis().cli("ZADD", key, "1", first);
    assertThat(node.post("/api/v1/ws/tickets", "{}", agent).statusCode()).isEqualTo(201);
  }

  @Test
  void revocationsAndDisconnectsOfATenantAreLimited() {
    String admin = TestTokens.user(tenant, "admin", "admin");
    String users = "/api/v1/tenants/" + tenant + "/users/";
    for (int i = 0; i < 2; i++) {
      assertThat(node.post(users + i + "/revoke", "", admin).statusCode()).isEqualTo(202);
      assertThat(node.post(users + i + "/disconnect", "", admin).statusCode()).isEqualTo(202);
    }

    assertRefused(node.post(users + "2/revoke", "", admin), "commands");
    assertRefused(node.post(users + "2/disconnect", "", admin), "commands");
    assertRefused(
        node.post("/api/v1/tenants/" + tenant + "/tokens/x/revoke", "", admin), "commands");
    String other = "/api/v1/tenants/" + tenant + "-other/users/1/revoke";
    assertThat(node.post(other, "", TestTokens.service()).statusCode()).isEqualTo(202);
  }

  @Test
  void refusalsAndTheHighestUseAreMetrics() {
    for (int i = 0; i <= USERS; i++) {
      HttpResponse<String> unused = postAsService(messageFor("u" + i));
    }

    String metrics = node.manage("/metrics").body();

    assertThat(metrics)
        .containsPattern("switchboard_tenant_limit_refused_total\\{limit=\"inbox_users\"} [1-9]")
        .contains("switchboard_tenant_limit_highest_use{limit=\"inbox_users\"} 1.0")
        .containsPattern("switchboard_events_total\\{outcome=\"LIMIT_REACHED\"} [1-9]");
  }

  @Test
  void peopleCantUseUpTheEventIdsThatAreRemembered() {
    String agent = TestTokens.user(tenant, "agent");
    for (int i = 0; i < 600; i += 100) {
      JsonArray events = new JsonArray();
      for (int j = i; j < i + 100; j++) {
        events.add(event("chat.message").put("event_id", "a" + j));
      }
      HttpResponse<String> unused = post(events, agent);
    }
    assertThat(post(event("chat.message").put("event_id", "more"), agent).statusCode())
        .isEqualTo(429);

    assertThat(postAsService(event("call.incoming").put("event_id", "call")).statusCode())
        .isEqualTo(202);
  }
}
