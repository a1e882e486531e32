package dev.switchboard.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Events over sockets count against the same rates as events over HTTP. */
class SocketRatesIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.put("ingest", new JsonObject().put("ratePerTenant", 4));
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static JsonObject message(String tenant) {
    return new JsonObject()
        .put("tenant_id", tenant)
        .put("type", "chat.message")
        .put("payload", "text");
  }

  /** A full bucket takes them all, and owes for minutes. */
  private static void exhaust(String tenant, String caller) {
    JsonArray burst = new JsonArray();
    IntStream.range(0, 500).forEach(i -> burst.add(message(tenant)));
    assertThat(node.post("/api/v1/events", burst.encode(), caller).statusCode()).isEqualTo(202);
  }

  @Test
  void socketIsRefusedEventsBeyondItsTenantsRateAndStaysOpen() {
    exhaust("rates1", TestTokens.user("rates1", "1", "supervisor"));
    WsClient agent = WsClient.signIn(node, "/ws?events=none", TestTokens.user("rates1", "456"));

    for (int i = 0; i < 60; i++) {
      agent.send("chat.message", new JsonObject().put("text", "one too many"));
    }

    for (int i = 0; i < 60; i++) {
      JsonObject error = agent.next("error").getJsonObject("payload");
      assertThat(error.getString("code")).isEqualTo("rate_limited");
      assertThat(error.getString("message")).contains("too many events");
    }
    assertThat(agent.ping()).isNotNull();
  }

  @Test
  void backendsThatUseUpTheRateLeavePeopleTheirShare() {
    WsClient agent = WsClient.signIn(node, "/ws?events=none", TestTokens.user("rates3", "456"));
    exhaust("rates3", TestTokens.service());
    assertThat(
            node.post("/api/v1/events", message("rates3").encode(), TestTokens.service())
                .statusCode())
        .isEqualTo(429);

    agent.send(
        new JsonObject()
            .put("type", "chat.message")
            .put("payload", new JsonObject())
            .put("ref", 1));

    assertThat(agent.next().getString("type")).isEqualTo("published");
  }

  @Test
  void visitorsDoNotUseUpTheirTenantsRate() {
    JsonObject widget =
        new JsonObject()
            .put("tenant_id", "rates2")
            .put("name", "shop")
            .put("origins", new JsonArray().add("*"));
    String key =
        new JsonObject(node.post("/api/v1/widgets", widget.encode(), TestTokens.service()).body())
            .getString("widget_key");
    WsClient visitor = WsClient.open(node, "/ws/public/chat-1?widget_key=" + key);
    assertThat(visitor.next().getString("type")).isEqualTo("connected");

    for (int i = 0; i < 40; i++) {
      visitor.send("chat.message", new JsonObject().put("text", i));
    }

    assertThat(visitor.next("error").getJsonObject("payload").getString("code"))
        .isEqualTo("rate_limited");
    assertThat(
            node.post("/api/v1/events", message("rates2").encode(), TestTokens.service())
                .statusCode())
        .isEqualTo(202);
  }
}
