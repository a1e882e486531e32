package dev.switchboard.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.FaultProxy;
import dev.switchboard.support.FaultProxy.Which;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is put into the inbox of a live session while its node does not hear of it. */
class UnheardInboxIT {
  @RegisterExtension static final Stores STORES = new Stores();

  private static void save(TestNode node, String id) {
    String message = "{\"type\":\"note\",\"event_id\":\"" + id + "\",\"payload\":1}";
    assertThat(
            node.post("/api/v1/tenants/unheard/users/7/inbox", message, TestTokens.service())
                .statusCode())
        .isEqualTo(201);
  }

  @Test
  void savedMessageIsDeliveredWhenTheSubscriptionIsRestored() {
    JsonObject config = TestNode.config(STORES);
    try (FaultProxy proxy = new FaultProxy(STORES.redis())) {
      config.getJsonObject("redis").put("nodes", new JsonArray().add(proxy.address()));
      try (TestNode node = TestNode.start(config);
          WsClient session = WsClient.signIn(node, TestTokens.user("unheard", "7"))) {
        save(node, "heard");
        assertThat(session.next("note").getString("event_id")).isEqualTo("heard");
        Waiting.until(
            "its receipt is proven",
            () -> STORES.redis().cli("LLEN", "callcenter:offline:unheard:7").equals("0"));
        proxy.freeze(Which.SUBSCRIBER);
        save(node, "unheard");
        proxy.cut(Which.SUBSCRIBER);
        proxy.thaw();
        assertThat(session.next("restored")).isNotNull();
        assertThat(session.next("note").getString("event_id")).isEqualTo("unheard");
      }
    }
  }
}
