package dev.switchboard.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.SseClient;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestIssuer;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.security.KeyPair;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tokens of an issuer whose keys the node fetches, at every door. */
class IssuerKeysIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final KeyPair OLD = TestIssuer.pair();
  private static final KeyPair FRESH = TestIssuer.pair();

  private static TestIssuer issuer;
  private static TestNode node;

  @BeforeAll
  static void start() {
    issuer = new TestIssuer();
    issuer.publish(TestIssuer.jwk("old", OLD));
    JsonObject config = TestNode.config(stores);
    config.put("auth", new JsonObject().put("jwksUrl", issuer.url()).put("jwksPause", "100ms"));
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
    issuer.close();
  }

  @Test
  void tokenOfTheIssuerOpensSocketsAndStreamsAndAnotherDoesNot() {
    String token = TestIssuer.sign("old", OLD);
    String forged = TestIssuer.sign("old", FRESH);

    assertThat(WsClient.signIn(node, token).connected().getString("user_id")).isEqualTo("456");
    try (SseClient stream = SseClient.open(node, "", "Authorization", "Bearer " + token)) {
      JsonObject connected = stream.next().data().getJsonObject("payload");
      assertThat(connected.getString("tenant_id")).isEqualTo("t");
    }
    assertThat(node.get("/api/v1/tenants/t/events", token).statusCode()).isEqualTo(200);
    WsClient refused = WsClient.open(node, "/ws");
    refused.send("auth", new JsonObject().put("token", forged));
    assertThat(refused.awaitClose().code()).isEqualTo(4401);
    assertThat(node.get("/api/v1/events/stream", forged).statusCode()).isEqualTo(401);
  }

  @Test
  void newKeyOfTheIssuerIsAcceptedSoonAndRenewsASession() {
    WsClient session = WsClient.signIn(node, TestIssuer.sign("old", OLD));
    String fresh = TestIssuer.sign("fresh", FRESH);
    assertThat(node.get("/api/v1/tenants/t/events", fresh).statusCode()).isEqualTo(401);

    issuer.publish(TestIssuer.jwk("old", OLD), TestIssuer.jwk("fresh", FRESH));

    Waiting.until(
        "the fresh key is known",
        () -> node.get("/api/v1/tenants/t/events", fresh).statusCode() == 200);
    session.send("auth", new JsonObject().put("token", fresh));
    assertThat(session.next("authenticated")).isNotNull();
  }
}
