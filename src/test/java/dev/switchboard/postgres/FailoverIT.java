package dev.switchboard.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WebhookReceiver;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections lead to a server that is no longer the primary, and later to the new one. */
class FailoverIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static JsonObject event(int number) {
    return new JsonObject()
        .put("tenant_id", "owing")
        .put("type", "call.ended")
        .put("event_id", "event-" + number)
        .put("payload", number);
  }

  private static JsonObject health(TestNode node) {
    return new JsonObject(node.manage("/health/ready").body());
  }

  private static boolean isStore(TestNode node, String state) {
    return health(node).getJsonObject("stores").getString("postgres").equals(state);
  }

  @Test
  void answerOfACallDuringAFailoverIsRecordedAndTheCallNotRepeated() {
    String role = stores.postgres().createRole("SUPERUSER");
    JsonObject config = TestNode.config(stores).put("postgres", stores.postgres().section(role));
    config.getJsonObject("webhooks").put("leaseMargin", "2m");
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      stores
          .postgres()
          .execute(
              "INSERT INTO webhooks (tenant_id, name, url) VALUES ('owing', 'mine', '"
                  + receiver.url()
                  + "')");
      try (TestNode node = TestNode.start(config)) {
        receiver.hold();
        assertThat(node.publish(event(1)).getInteger("deliveries")).isEqualTo(1);
        assertThat(receiver.next().header("X-Webhook-Event-ID")).isEqualTo("event-1");

        stores.postgres().execute("ALTER ROLE " + role + " SET default_transaction_read_only = on");
        stores.postgres().disconnect(role);
        Waiting.until("the node sees a read-only server", () -> isStore(node, "degraded"));
        assertThat(health(node).getJsonObject("problems").getString("postgres"))
            .contains("is read-only")
            .contains("point postgres.host to the primary");
        assertThat(node.manage("/metrics").body())
            .contains("switchboard_store_state{state=\"degraded\",store=\"postgres\"} 1");
        assertThat(
                node.post("/api/v1/events", event(2).encode(), TestTokens.service()).statusCode())
            .isEqualTo(503);
        receiver.release();
        Waiting.until(
            "the call has its answer",
            () ->
                node.manage("/metrics")
                    .body()
                    .contains("switchboard_webhooks_call_seconds_count 1"));

        stores.postgres().execute("ALTER ROLE " + role + " RESET default_transaction_read_only");

        Waiting.until(
            "the attempt is recorded",
            () -> stores.postgres().value("SELECT count(*) FROM webhook_logs").equals("1"));
        assertThat(stores.postgres().query("SELECT outcome, attempt, error FROM webhook_logs"))
            .containsExactly(Arrays.asList("delivered", "1", null));
        assertThat(stores.postgres().value("SELECT count(*) FROM webhook_deliveries"))
            .isEqualTo("0");
        Waiting.until("the node sees the primary", () -> isStore(node, "up"));
        assertThat(receiver.unread()).isZero();
        assertThat(List.of(node.publish(event(2)).getInteger("deliveries"))).containsExactly(1);
        assertThat(receiver.next().header("X-Webhook-Event-ID")).isEqualTo("event-2");
      }
    }
  }
}
