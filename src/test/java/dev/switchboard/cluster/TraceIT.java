package dev.switchboard.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.SseClient;
import dev.switchboard.support.SseClient.Named;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A trace on one node shows what the other accepts. */
@SuppressWarnings("NullAway.Init")
class TraceIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode accepting;
  private static TestNode tracing;

  private final String tenant = "t-" + UUID.randomUUID().toString().substring(0, 8);
  private final String admin = TestTokens.user(tenant, "boss", "admin");

  @BeforeAll
  static void startNodes() {
    accepting = TestNode.start(TestNode.config(stores));
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("node").put("name", "tracing");
    tracing = TestNode.start(config);
  }

  @AfterAll
  static void stopNodes() {
    tracing.close();
    accepting.close();
  }

  @Test
  void eventsOfTheOtherNodeAreShownWholeAndNobodyComesOnline() {
    try (SseClient trace = trace("", TestTokens.service())) {
      JsonObject payload = new JsonObject().put("number", 1.10).put("text", "ä\n\"");
      JsonObject accepted =
          accepting.publish(
              event("chat.message")
                  .put("user_id", "u")
                  .put("session_id", "chat-1")
                  .put("payload", payload));
      String kept = publish(event("queue.stats").put("keep", "queues/support"));
      JsonObject unused =
          accepting.publish(event("call.incoming").put("tenant_id", tenant + "-other"));
      JsonObject live = accepting.publish(event("chat.typing"));

      JsonObject shown = next(trace);
      assertThat(shown.getString("id")).isEqualTo(accepted.getString("event_id"));
      assertThat(shown.getString("position")).isEqualTo(accepted.getString("id"));
      assertThat(shown.getString("type")).isEqualTo("chat.message");
      assertThat(shown.getString("user_id")).isEqualTo("u");
      assertThat(shown.getString("session_id")).isEqualTo("chat-1");
      assertThat(shown.getString("at")).endsWith("Z");
      assertThat(shown.getJsonObject("payload")).isEqualTo(payload);
      JsonObject ofState = next(trace);
      assertThat(ofState.getString("id")).isEqualTo(kept);
      assertThat(ofState.getString("keep")).isEqualTo("queues/support");
      JsonObject typing = next(trace);
      assertThat(typing.getString("id")).isEqualTo(live.getString("event_id"));
      assertThat(typing.getValue("position")).isNull();
      HttpResponse<String> online =
          tracing.get("/api/v1/tenants/" + tenant + "/presence", TestTokens.service());
      assertThat(new JsonObject(online.body()).encode()).doesNotContain("boss");
    }
  }

  @Test
  void filtersNarrowWhatIsShown() {
    String topic = "callcenter:custom:alerts";
    try (SseClient types = trace("?type=call.*&type=alert", admin);
        SseClient users = trace("?user=boss", admin);
        SseClient chats = trace("?session=chat-7", admin);
        SseClient topics = trace("?topic=" + topic, admin)) {
      String call = publish(event("call.incoming"));
      String forUser = publish(event("note.a").put("user_id", "boss"));
      String ofChat = publish(event("note.b").put("session_id", "chat-7"));
      String ofTopic = publish(event("note.c").put("topic", topic));
      String alert = publish(event("alert"));

      assertThat(List.of(nextId(types), nextId(types))).containsExactly(call, alert);
      assertThat(nextId(users)).isEqualTo(forUser);
      assertThat(nextId(chats)).isEqualTo(ofChat);
      assertThat(nextId(topics)).isEqualTo(ofTopic);
    }
  }

  @Test
  void patternCoversTopicsAndWhatTurnsUpLater() {
    String known = "callcenter:custom:known-" + tenant;
    String later = "callcenter:custom:later-" + tenant;
    String other = "callcenter:other:" + tenant;
    List<String> before =
        List.of(
            publish(event("note.a").put("topic", known)),
            publish(event("note.a").put("topic", other)));
    assertThat(before).doesNotHaveDuplicates();
    try (SseClient custom = trace("?topic=callcenter:custom:*", admin);
        SseClient all = trace("?topic=*", TestTokens.service());
        SseClient none = trace("?topic=callcenter:none:*", admin)) {
      String ofKnown = publish(event("note.b").put("topic", known));
      String ofOther = publish(event("note.b").put("topic", other));
      String ofNone = publish(event("note.b"));

      assertThat(nextId(custom)).isEqualTo(ofKnown);
      assertThat(List.of(nextId(all), nextId(all), nextId(all)))
          .containsExactlyInAnyOrder(ofKnown, ofOther, ofNone);
      List<String> ofLater = new ArrayList<>();
      Waiting.until(
          "a topic that turned up is followed",
          () -> {
            ofLater.add(publish(event("note.c").put("topic", later)));
            return custom.hasNamed() && all.hasNamed();
          });
      assertThat(ofLater).contains(nextId(custom), nextId(all));
      assertThat(none.hasNamed()).isFalse();
    }
  }

  @Test
  void personSeesOnlyTheHeadOfEventsForOthersAndCannotSearchTheRest() {
    try (SseClient all = trace("?type=note.*", admin);
        SseClient searched = trace("?type=note.*&text=SWORDFISH", admin);
        SseClient service = trace("?type=note.*&text=swordfish", TestTokens.service())) {
      JsonObject secret = new JsonObject().put("word", "swordfish");
      String forOther = publish(event("note.a").put("user_id", "u").put("payload", secret));
      String forBoss = publish(event("note.b").put("user_id", "boss").put("payload", secret));
      String forAll = publish(event("note.c").put("payload", "Swordfish"));

      JsonObject hidden = next(all);
      assertThat(hidden.getString("id")).isEqualTo(forOther);
      assertThat(hidden.getString("user_id")).isEqualTo("u");
      assertThat(hidden.getBoolean("payload_hidden")).isTrue();
      assertThat(hidden.encode()).doesNotContain("swordfish");
      assertThat(next(all).getJsonObject("payload")).isEqualTo(secret);
      assertThat(next(all).getString("payload")).isEqualTo("Swordfish");
      assertThat(List.of(nextId(searched), nextId(searched))).containsExactly(forBoss, forAll);
      assertThat(List.of(nextId(service), nextId(service), nextId(service)))
          .containsExactly(forOther, forBoss, forAll);
    }
  }

  @Test
  void eventsBeyondTheRateAreCounted() {
    int sent = 1_500;
    try (SseClient trace = trace("", admin)) {
      for (int i = 0; i < sent / 500; i++) {
        JsonArray batch = new JsonArray();
        for (int j = 0; j < 500; j++) {
          batch.add(event("alert"));
        }
        assertThat(
                accepting.post("/api/v1/events", batch.encode(), TestTokens.service()).statusCode())
            .isEqualTo(202);
      }

      int shown = 0;
      long missed = 0;
      while (shown + missed < sent) {
        Named next = trace.nextNamed();
        if (next.event().equals("event")) {
          shown++;
        } else {
          assertThat(next.event()).isEqualTo("missed");
          missed += next.data().getLong("count");
        }
      }

      assertThat(shown + missed).isEqualTo(sent);
      assertThat(shown).isGreaterThanOrEqualTo(200);
      assertThat(missed).isPositive();
    }
  }

  @Test
  void tenantHasFiveTracesOnEachNode() {
    List<SseClient> open = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) {
        open.add(trace("", admin));
      }

      HttpResponse<String> refused = tracing.get(path(tenant, ""), admin);
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.body()).contains("5 open traces");
      try (SseClient otherNode = SseClient.openPath(accepting, path(tenant, ""), bearer(admin));
          SseClient otherTenant =
              SseClient.openPath(tracing, path(tenant + "-b", ""), bearer(TestTokens.service()))) {
        assertThat(otherNode.nextNamed().event()).isEqualTo("ready");
        assertThat(otherTenant.nextNamed().event()).isEqualTo("ready");
      }
      open.remove(0).close();
      Waiting.until("the slot is free again", this::canOpen);
    } finally {
      open.forEach(SseClient::close);
    }
  }

  private boolean canOpen() {
    try (SseClient trace = SseClient.openPath(tracing, path(tenant, ""), bearer(admin))) {
      return trace.nextNamed().event().equals("ready");
    } catch (AssertionError stillRefused) {
      return false;
    }
  }

  @Test
  void traceEndsWithTheCredentialOfItsCaller() {
    String token =
        TestTokens.sign(
            new JsonObject()
                .put("tenant_id", tenant)
                .put("user_id", "boss")
                .put("role", "admin")
                .put("jti", "j-1")
                .put("exp", TestTokens.now() + 600));
    try (SseClient trace = trace("", token)) {
      assertThat(
              accepting
                  .post(
                      "/api/v1/tenants/" + tenant + "/tokens/j-1/revoke", "", TestTokens.service())
                  .statusCode())
          .isEqualTo(202);

      assertThat(trace.end().getInteger("code")).isEqualTo(4401);
    }
  }

  @Test
  void roleLimitsTopicsAndBadFiltersAreRefused() {
    for (String query :
        List.of("?type=Call", "?topic=other:x", "?user=", "?texts=x", "?text=" + "x".repeat(201))) {
      assertThat(tracing.get(path(tenant, query), admin).statusCode()).as(query).isEqualTo(400);
    }
  }

  @Test
  void sessionsStayAsTheyAreWhenATraceEnds() {
    try (WsClient socket = WsClient.signIn(tracing, TestTokens.user(tenant, "u"))) {
      trace("", admin).close();
      String id = publish(event("alert"));

      assertThat(socket.next("alert").getString("event_id")).isEqualTo(id);
    }
  }

  private JsonObject event(String type) {
    return new JsonObject().put("tenant_id", tenant).put("type", type).put("payload", 1);
  }

  private static String publish(JsonObject event) {
    return accepting.publish(event).getString("event_id");
  }

  /** Opens a trace that sees every later event. */
  private SseClient trace(String query, String credential) {
    SseClient trace = SseClient.openPath(tracing, path(tenant, query), bearer(credential));
    Named ready = trace.nextNamed();
    assertThat(ready.event()).isEqualTo("ready");
    assertThat(ready.data().getString("node")).isEqualTo("tracing");
    return trace;
  }

  private static String path(String tenant, String query) {
    return "/api/v1/tenants/" + tenant + "/trace" + query;
  }

  private static String[] bearer(String credential) {
    return new String[] {"Authorization", "Bearer " + credential};
  }

  private static JsonObject next(SseClient trace) {
    Named next = trace.nextNamed();
    assertThat(next.event()).isEqualTo("event");
    return next.data();
  }

  private static String nextId(SseClient trace) {
    return next(trace).getString("id");
  }
}
