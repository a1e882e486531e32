package dev.switchboard.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.FaultProxy;
import dev.switchboard.support.FaultProxy.Which;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WebhookReceiver;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A kept event that is published late: Redis was out of reach once its deliveries were held. */
class LateKeptEventIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String TENANT = "late";

  @Test
  void eventThatTheSweepPublishesDoesNotReplaceANewerState() {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("webhooks").put("leaseMargin", "500ms");
    try (FaultProxy redis = new FaultProxy(stores.redis());
        TestNode cutOff = TestNode.start(behind(redis, config));
        TestNode other = TestNode.start(config);
        WebhookReceiver receiver = new WebhookReceiver()) {
      addWebhooks(cutOff, other, receiver);
      WsClient follower =
          WsClient.signIn(other, "/ws?events=*&kept=queues", TestTokens.user(TENANT, "follower"));
      assertThat(follower.next("kept.end")).isNotNull();

      redis.freeze(Which.EVERYTHING);
      CompletableFuture<HttpResponse<String>> refused =
          CompletableFuture.supplyAsync(() -> post(cutOff, queue("late", 1)));
      Waiting.until("its deliveries are held", LateKeptEventIT::isLateHeld);
      assertThat(post(other, queue("newer", 2)).statusCode()).isEqualTo(202);
      assertThat(refused.join().statusCode()).isEqualTo(503);
      redis.cut(Which.EVERYTHING);
      redis.thaw();

      JsonObject newer = follower.next("queue.stats");
      JsonObject late = follower.next("queue.stats");
      assertThat(newer.getString("event_id")).isEqualTo("newer");
      assertThat(newer.getString("keep")).isEqualTo("queues/a");
      assertThat(late.getString("event_id")).isEqualTo("late");
      assertThat(late.getString("keep")).isNull();
      assertThat(keepOfBothCalls(receiver)).containsOnly("queues/a");
      assertThat(keepOfBothCalls(receiver)).containsOnly("null");
      assertThat(state(other)).isEqualTo("newer");
      assertThat(post(other, queue("late", 1)).statusCode()).isEqualTo(202);
      assertThat(state(other)).isEqualTo("newer");
    }
  }

  private static JsonObject behind(FaultProxy redis, JsonObject config) {
    JsonObject behind = config.copy();
    behind
        .getJsonObject("redis")
        .put("nodes", new JsonArray().add(redis.address()))
        .put("timeout", "1s");
    return behind;
  }

  /** Two webhooks whose calls take a second at most, so that claims of held deliveries end soon. */
  private static void addWebhooks(TestNode one, TestNode another, WebhookReceiver receiver) {
    String row = "('" + TENANT + "', 'mine', '" + receiver.url() + "', '[\"queue.*\"]', 1)";
    stores
        .postgres()
        .execute(
            "INSERT INTO webhooks (tenant_id, name, url, events, timeout) VALUES "
                + row
                + ", "
                + row);
    for (TestNode node : new TestNode[] {one, another}) {
      JsonObject event = queue(null, 0).put("type", "queue.known");
      event.remove("keep");
      Waiting.until(
          "a node knows the webhooks", () -> node.publish(event).getInteger("deliveries") == 2);
      assertThat(keepOfBothCalls(receiver)).containsOnly("null");
    }
  }

  private static List<String> keepOfBothCalls(WebhookReceiver receiver) {
    return List.of(
        receiver.next().header("X-Webhook-Keep"), receiver.next().header("X-Webhook-Keep"));
  }

  private static JsonObject queue(@Nullable String id, int waiting) {
    JsonObject event =
        new JsonObject()
            .put("tenant_id", TENANT)
            .put("type", "queue.stats")
            .put("keep", "queues/a")
            .put("payload", new JsonObject().put("queue_name", "a").put("waiting", waiting));
    return id == null ? event : event.put("event_id", id);
  }

  private static HttpResponse<String> post(TestNode node, JsonObject event) {
    return node.post("/api/v1/events", event.encode(), TestTokens.service());
  }

  private static boolean isLateHeld() {
    String held =
        stores
            .postgres()
            .value(
                "SELECT count(*) FROM webhook_deliveries"
                    + " WHERE event_id = 'late' AND state = 'held'");
    return "2".equals(held);
  }

  private static String state(TestNode node) {
    String path = "/api/v1/tenants/" + TENANT + "/kept/queues/a";
    return new JsonObject(node.get(path, TestTokens.service()).body()).getString("event_id");
  }
}
