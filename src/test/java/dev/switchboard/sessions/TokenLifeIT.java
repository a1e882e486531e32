package dev.switchboard.sessions;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.support.FaultProxy;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warning, renewal, end and revocation of tokens; tickets; disconnects over two nodes. */
class TokenLifeIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final Logger log = LoggerFactory.getLogger(TokenLifeIT.class);

  private static TestNode node;
  private static TestNode other;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.put(
        "sessions",
        new JsonObject().put("allowedOrigins", new JsonArray().add("https://desk.example.com")));
    config.getJsonObject("auth").put("leeway", "2s");
    node = TestNode.start(config);
    other = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
    other.close();
  }

  private static JsonObject claims(String tenant, String user, int seconds) {
    return new JsonObject()
        .put("tenant_id", tenant)
        .put("user_id", user)
        .put("iat", TestTokens.now() - 10)
        .put("exp", TestTokens.now() + seconds);
  }

  @Test
  void warnsRenewsAndEnds() {
    WsClient client = WsClient.signIn(node, TestTokens.sign(claims("life1", "u", 30)));
    JsonObject warning = client.next("token.expiring").getJsonObject("payload");
    assertThat(warning.getInteger("expires_in_seconds")).isBetween(1, 30);

    client.send("auth", new JsonObject().put("token", TestTokens.sign(claims("life1", "u", 5))));
    assertThat(client.next("authenticated").getJsonObject("payload").getString("expires_at"))
        .isNotEmpty();
    client.send(
        "auth", new JsonObject().put("token", TestTokens.sign(claims("life1", "someone", 90))));

    assertThat(client.next("error").getJsonObject("payload").getString("code"))
        .isEqualTo("forbidden");
    assertThat(client.awaitClose().code()).isEqualTo(4401);
  }

  @Test
  void ticketOpensOneSocket() {
    String token = TestTokens.user("life2", "u");
    HttpResponse<String> made = node.post("/api/v1/ws/tickets", "", token);
    assertThat(made.statusCode()).isEqualTo(201);
    String ticket = new JsonObject(made.body()).getString("ticket");

    WsClient first = WsClient.open(other, "/ws?ticket=" + ticket);
    assertThat(first.next().getJsonObject("payload").getString("user_id")).isEqualTo("u");

    WsClient second = WsClient.open(node, "/ws?ticket=" + ticket);
    assertThat(second.awaitClose().code()).isEqualTo(4401);
  }

  @Test
  void disconnectReachesEveryNode() {
    WsClient here = WsClient.signIn(node, TestTokens.user("life3", "u"));
    WsClient there = WsClient.signIn(other, TestTokens.user("life3", "u"));
    WsClient bystander = WsClient.signIn(other, TestTokens.user("life3", "v"));

    int status =
        node.post("/api/v1/tenants/life3/users/u/disconnect", "", TestTokens.service())
            .statusCode();

    assertThat(status).isEqualTo(202);
    assertThat(here.awaitClose().code()).isEqualTo(4410);
    assertThat(there.awaitClose().code()).isEqualTo(4410);
    assertThat(bystander.ping()).isNotNull();
  }

  @Test
  void revokedUserIsRefusedEverywhereUntilANewToken() {
    String token = TestTokens.sign(claims("life4", "u", 600));
    WsClient there = WsClient.signIn(other, token);

    int status =
        node.post("/api/v1/tenants/life4/users/u/revoke", "", TestTokens.service()).statusCode();

    assertThat(status).isEqualTo(202);
    assertThat(there.awaitClose().code()).isEqualTo(4401);
    assertThat(other.get("/api/v1/tenants/life4/events", token).statusCode()).isEqualTo(401);
    String ahead = TestTokens.sign(claims("life4", "u", 600).put("iat", TestTokens.now()));
    HttpResponse<String> unclear = other.get("/api/v1/tenants/life4/events", ahead);
    assertThat(unclear.statusCode()).isEqualTo(503);
    assertThat(unclear.body()).contains("too close to a revocation");
    assertThat(unclear.headers().firstValue("Retry-After")).isPresent();
    WsClient early = WsClient.open(other, "/ws");
    early.send("auth", new JsonObject().put("token", ahead));
    assertThat(early.awaitClose().code()).isEqualTo(4503);
    Waiting.until("a new token is certainly newer", () -> statusOfANewToken("life4") == 200);
  }

  private static int statusOfANewToken(String tenant) {
    String token = TestTokens.sign(claims(tenant, "u", 600).put("iat", TestTokens.now()));
    return other.get("/api/v1/tenants/" + tenant + "/events", token).statusCode();
  }

  @Test
  void revokedTokenEndsOnlyItsOwnSessions() {
    String void1 = TestTokens.sign(claims("life5", "u", 600).put("jti", "one"));
    WsClient revoked = WsClient.signIn(other, void1);
    WsClient kept =
        WsClient.signIn(other, TestTokens.sign(claims("life5", "u", 600).put("jti", "two")));

    int status =
        node.post("/api/v1/tenants/life5/tokens/one/revoke", "", TestTokens.service()).statusCode();

    assertThat(status).isEqualTo(202);
    assertThat(revoked.awaitClose().code()).isEqualTo(4401);
    assertThat(kept.ping()).isNotNull();
  }

  @Test
  void serviceTokensAreRevokedByTheirId() {
    JsonObject claims = new JsonObject().put("svc", true).put("exp", TestTokens.now() + 600);
    String one = TestTokens.sign(claims.copy().put("tenant_id", "life9").put("jti", "svc-1"));
    String all = TestTokens.sign(claims.copy().put("jti", "svc-1"));
    String tenants = "/api/v1/tenants/life9/tokens/svc-1/revoke";

    assertThat(node.post("/api/v1/tokens/svc-1/revoke", "", one).statusCode()).isEqualTo(403);
    assertThat(node.post("/api/v1/tenants/all/tokens/*%20svc-1/revoke", "", all).statusCode())
        .isEqualTo(400);
    assertThat(node.post(tenants, "", TestTokens.service()).statusCode()).isEqualTo(202);
    Waiting.until("the tenant's is void", () -> stats(one) == 401);
    assertThat(stats(all)).isEqualTo(200);

    assertThat(node.post("/api/v1/tokens/svc-1/revoke", "", TestTokens.service()).statusCode())
        .isEqualTo(202);
    Waiting.until("the one of all tenants is void", () -> stats(all) == 401);
    assertThat(stats(TestTokens.service())).isEqualTo(200);
  }

  private static int stats(String token) {
    return other.get("/api/v1/ws/stats", token).statusCode();
  }

  @Test
  void agentMayNotDisconnectAnyone() {
    String agent = TestTokens.user("life6", "a");
    assertThat(node.post("/api/v1/tenants/life6/users/u/disconnect", "", agent).statusCode())
        .isEqualTo(403);
  }

  @Test
  void pageOfAnotherOriginIsRefusedBeforeTheUpgrade() {
    String[] headers = {
      "Origin", "https://evil.example.com", "Authorization", "Bearer " + TestTokens.user("o", "u")
    };
    assertThat(node.call("GET", "/api/v1/events/stream", null, headers).statusCode())
        .isEqualTo(403);
  }

  @Test
  void socketsAreOpenedForPagesOfAllowedOriginsOnly() {
    String token = "Bearer " + TestTokens.user("origin", "u");

    WsClient allowed =
        WsClient.open(node, "/ws", "Origin", "https://desk.example.com", "Authorization", token);
    assertThat(allowed.next().getString("type")).isEqualTo("connected");
    WsClient noBrowser = WsClient.open(node, "/ws", "Authorization", token);
    assertThat(noBrowser.next().getString("type")).isEqualTo("connected");

    assertThatThrownBy(
            () ->
                WsClient.open(
                    node, "/ws", "Origin", "https://evil.example.com", "Authorization", token))
        .satisfies(e -> assertThat(statusOf(requireNonNull(e.getCause()))).isEqualTo(403));
  }

  private static int statusOf(Throwable refused) {
    return ((WebSocketHandshakeException) refused).getResponse().statusCode();
  }

  @Test
  void revocationsAreInForceOnEveryNodeSoon() {
    long slowest = 0;
    for (int i = 0; i < 20; i++) {
      String user = "u" + i;
      WsClient here = WsClient.signIn(node, TestTokens.sign(claims("life8", user, 600)));
      WsClient there =
          WsClient.signIn(other, TestTokens.sign(claims("life8", user, 600).put("jti", user)));
      String path = i % 2 == 0 ? "users/" + user : "tokens/" + user;
      long revoked = System.nanoTime();

      int status =
          node.post("/api/v1/tenants/life8/" + path + "/revoke", "", TestTokens.service())
              .statusCode();

      assertThat(status).isEqualTo(202);
      assertThat(there.awaitClose().code()).isEqualTo(4401);
      slowest = Math.max(slowest, System.nanoTime() - revoked);
      here.close();
    }
    log.warn("Slowest of 20 revocations on another node: {} ms", slowest / 1_000_000);
  }

  @Test
  void disconnectReachesANodeThatWasCutOffAtThatMoment() {
    try (FaultProxy proxy = new FaultProxy(stores.redis())) {
      JsonObject config = TestNode.config(stores);
      config
          .getJsonObject("redis")
          .put("nodes", new JsonArray().add(proxy.address()))
          .put("subscriptionSilence", "1s");
      try (TestNode cutOff = TestNode.start(config)) {
        WsClient there = WsClient.signIn(cutOff, TestTokens.user("life9", "u"));
        WsClient bystander = WsClient.signIn(cutOff, TestTokens.user("life9", "v"));
        proxy.freeze(FaultProxy.Which.EVERYTHING);
        proxy.cut(FaultProxy.Which.SUBSCRIBER);
        assertThat(there.next("degraded")).isNotNull();

        int status =
            node.post("/api/v1/tenants/life9/users/u/disconnect", "", TestTokens.service())
                .statusCode();
        assertThat(status).isEqualTo(202);
        assertThat(there.ping()).isNotNull();
        proxy.thaw();

        assertThat(there.awaitClose().code()).isEqualTo(4410);
        assertThat(bystander.next("restored")).isNotNull();
        WsClient later = WsClient.signIn(cutOff, TestTokens.user("life9", "u"));
        assertThat(later.ping().getString("position")).isNotEmpty();
      }
    }
  }

  @Test
  void statsCountOverAllNodes() {
    WsClient here = WsClient.signIn(node, TestTokens.user("life7", "a"));
    WsClient there = WsClient.signIn(other, TestTokens.user("life7", "b"));
    String admin = TestTokens.user("life7", "x", "admin");
    Waiting.until(
        "both nodes are counted",
        () ->
            new JsonObject(node.get("/ws/stats", admin).body()).getInteger("tenant_connections", 0)
                == 2);

    JsonObject stats = new JsonObject(node.get("/ws/stats", admin).body());
    assertThat(stats.containsKey("total_connections")).isFalse();
    assertThat(here.ping()).isNotNull();
    assertThat(there.ping()).isNotNull();
  }
}
