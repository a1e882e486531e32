package dev.switchboard.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.SseClient;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Server-sent events from the first block to the last: places, topics, warnings and the end. */
@Timeout(120)
class EventStreamLifeIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String TOPIC = "callcenter:custom:alerts";

  /** A position is sent at once when a tenth of the log has gone by. */
  private static final int LOG = 100;

  private static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(config());
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static JsonObject config() {
    return TestNode.config(stores)
        .put("logs", new JsonObject().put("maxEvents", LOG))
        .put("sessions", new JsonObject().put("heartbeat", "400ms"));
  }

  private static SseClient open(TestNode node, String query, String token) {
    SseClient stream = SseClient.open(node, query, "Authorization", "Bearer " + token);
    assertThat(stream.next().data().getString("type")).isEqualTo("connected");
    return stream;
  }

  private static JsonObject event(String tenant, String type, Object payload) {
    return new JsonObject().put("tenant_id", tenant).put("type", type).put("payload", payload);
  }

  private static String token(String tenant, JsonObject claims) {
    return TestTokens.sign(
        new JsonObject()
            .put("tenant_id", tenant)
            .put("user_id", "u")
            .put("iat", TestTokens.now() - 10)
            .put("exp", TestTokens.now() + 600)
            .mergeIn(claims));
  }

  @Test
  void streamWithAQuietFilterIsSentItsPositionInABlockWithoutAnEvent() {
    try (SseClient stream = open(node, "?events=call.*", TestTokens.user("quiet", "u"))) {
      JsonArray unwanted = new JsonArray();
      for (int i = 0; i < LOG / 10; i++) {
        unwanted.add(event("quiet", "alert", i));
      }
      assertThat(node.post("/api/v1/events", unwanted.encode(), TestTokens.service()).statusCode())
          .isEqualTo(202);

      assertThat(stream.nextPlaceAlone()).endsWith(":" + LOG / 10);
    }
  }

  @Test
  void lastPositionResumesInEveryLog() {
    String query = "?events=call.*&topics=" + TOPIC;
    String token = TestTokens.user("logs", "u");
    String place;
    try (SseClient stream = open(node, query, token)) {
      node.publish(event("logs", "call.incoming", 1));
      node.publish(event("logs", "alert", 2).put("topic", TOPIC));
      assertThat(stream.next().data().getInteger("payload")).isEqualTo(1);
      SseClient.Block last = stream.next();
      assertThat(last.data().getString("topic")).isEqualTo(TOPIC);
      place = last.id();
    }
    node.publish(event("logs", "alert", 3).put("topic", TOPIC));
    node.publish(event("logs", "call.ended", 4));

    try (SseClient again =
        SseClient.open(node, query, "Authorization", "Bearer " + token, "Last-Event-ID", place)) {
      assertThat(again.next().data().getJsonObject("payload").getBoolean("recovered")).isTrue();
      assertThat(
              again.next().data().getInteger("payload") + again.next().data().getInteger("payload"))
          .isEqualTo(3 + 4);
      node.publish(event("logs", "call.ended", 5));
      assertThat(again.next().data().getInteger("payload")).isEqualTo(5);
    }
  }

  @Test
  void expiryOfTheTokenIsWarnedOfAndThenEndsTheStream() {
    String brief = token("brief", new JsonObject().put("exp", TestTokens.now() + 1));
    try (SseClient stream = open(node, "", brief)) {
      assertThat(stream.next().data().getString("type")).isEqualTo("token.expiring");
      JsonObject end = stream.end();
      assertThat(end.getInteger("code")).isEqualTo(4401);
      assertThat(end.getString("reason")).contains("expired");
    }
  }

  @Test
  void revokedTokenAndDisconnectedUserEndTheStream() {
    try (SseClient revoked = open(node, "", token("ends", new JsonObject().put("jti", "one")));
        SseClient kicked = open(node, "", token("ends", new JsonObject().put("user_id", "k")))) {
      String tenant = "/api/v1/tenants/ends/";
      assertThat(node.post(tenant + "tokens/one/revoke", "", TestTokens.service()).statusCode())
          .isEqualTo(202);
      assertThat(node.post(tenant + "users/k/disconnect", "", TestTokens.service()).statusCode())
          .isEqualTo(202);

      assertThat(revoked.end().getInteger("code")).isEqualTo(4401);
      assertThat(kicked.end().getInteger("code")).isEqualTo(4410);
    }
  }

  @Test
  void drainNamesTheTimeAfterWhichStreamsReconnect() {
    TestNode leaving = TestNode.start(config());
    try (SseClient stream = open(leaving, "", TestTokens.user("drain", "u"))) {
      leaving.close();

      JsonObject end = stream.end();
      assertThat(end.getInteger("code")).isEqualTo(1001);
      assertThat(end.getString("reason")).matches("retry_after_ms=[1-9][0-9]{2,3}");
    }
  }

  @Test
  void streamHasNoInboxAndMakesNobodyPresent() {
    node.publish(event("away", "notification", "kept").put("user_id", "u"));
    try (SseClient stream = open(node, "", TestTokens.user("away", "u"));
        SseClient other = open(node, "", TestTokens.user("away", "other"))) {
      node.publish(event("away", "alert", "live"));

      assertThat(stream.next().data().getString("payload")).isEqualTo("live");
      assertThat(other.next().data().getString("payload")).isEqualTo("live");
      assertThat(stores.redis().cli("LLEN", "callcenter:offline:away:u")).isEqualTo("1");
      String presence = "/api/v1/tenants/away/presence";
      WsClient socket = WsClient.signIn(node, TestTokens.user("away", "present"));
      assertThat(socket.ping()).isNotNull();
      Waiting.until(
          "the socket's user is present",
          () -> node.get(presence, TestTokens.service()).body().contains("\"present\""));
      JsonObject online = new JsonObject(node.get(presence, TestTokens.service()).body());
      assertThat(online.getInteger("count")).isEqualTo(1);
    }
  }
}
