package dev.switchboard.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WebhookReceiver;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What one webhook may take away from others: its share of the workers, and no more. */
class FairShareIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final int HEALTHY = 50;
  private static final int EVENTS = 10;

  @Test
  void hangingReceiverIsCalledWithoutDelayingOthers() {
    WebhookTable webhooks = new WebhookTable(stores, "tenant-fair");
    try (BadReceiver hanging = new BadReceiver((socket, out) -> BadReceiver.hang());
        WebhookReceiver receiver = new WebhookReceiver()) {
      long dead = webhooks.insert(hanging.url(), "timeout = 120");
      for (int i = 0; i < HEALTHY; i++) {
        long unused = webhooks.insert(receiver.url() + i, "retry_count = 0");
      }
      try (TestNode node = TestNode.start(stores)) {
        for (int i = 0; i < EVENTS; i++) {
          assertThat(publish(node, "tenant-fair", i)).isEqualTo(HEALTHY + 1);
        }

        Set<String> calls = new HashSet<>();
        for (int i = 0; i < HEALTHY * EVENTS; i++) {
          WebhookReceiver.Call call = receiver.next();
          calls.add(call.path() + call.text());
        }
        assertThat(calls).hasSize(HEALTHY * EVENTS);
        Waiting.until("it is called", () -> hanging.calls() == 1);
        assertThat(webhooks.attempts(dead, "id")).isEmpty();
        assertThat(webhooks.pending(dead)).isEqualTo(EVENTS);
        // Ends the calls that would otherwise be waited for.
        hanging.close();
      }
    }
  }

  @Test
  void twoTenantsWhoseReceiversNeverAnswerDoNotDelayAThird() {
    WebhookTable first = new WebhookTable(stores, "tenant-hanging-1");
    WebhookTable second = new WebhookTable(stores, "tenant-hanging-2");
    WebhookTable third = new WebhookTable(stores, "tenant-healthy");
    try (BadReceiver hanging = new BadReceiver((socket, out) -> BadReceiver.hang());
        WebhookReceiver receiver = new WebhookReceiver()) {
      for (int i = 0; i < 5; i++) {
        long unused = first.insert(hanging.url() + i, "timeout = 120");
        long unusedToo = second.insert(hanging.url() + i, "timeout = 120");
      }
      long healthy = third.insert(receiver.url(), "retry_count = 0");
      try (TestNode node = TestNode.start(stores)) {
        for (int i = 0; i < EVENTS; i++) {
          assertThat(publish(node, "tenant-hanging-1", i)).isEqualTo(5);
          assertThat(publish(node, "tenant-hanging-2", i)).isEqualTo(5);
        }
        Waiting.until("both are called", () -> hanging.calls() >= 2);
        for (int i = 0; i < EVENTS; i++) {
          assertThat(publish(node, "tenant-healthy", i)).isOne();
        }

        Set<String> calls = new HashSet<>();
        for (int i = 0; i < EVENTS; i++) {
          calls.add(receiver.next().text());
        }
        assertThat(calls).hasSize(EVENTS);
        Waiting.until("all are logged", () -> third.pending(healthy) == 0);
        assertThat(first.pendingOfTenant() + second.pendingOfTenant()).isEqualTo(2 * 5 * EVENTS);
        // Ends the calls that would otherwise be waited for.
        hanging.close();
      }
    }
  }

  @Test
  void allNodesTogetherKeepTheRateOfAWebhook() {
    int perSecond = 20;
    int events = 60;
    WebhookTable webhooks = new WebhookTable(stores, "tenant-rate");
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      long webhook = webhooks.insert(receiver.url(), "rate_limit = " + perSecond);
      try (TestNode first = TestNode.start(stores);
          TestNode second = TestNode.start(stores)) {
        long began = System.nanoTime();
        for (int i = 0; i < events; i++) {
          assertThat(publish(i % 2 == 0 ? first : second, "tenant-rate", i)).isOne();
        }
        Map<String, Integer> numbers = new HashMap<>();
        long last = began;
        for (int i = 0; i < events; i++) {
          WebhookReceiver.Call call = receiver.next();
          numbers.merge(call.text(), 1, Integer::sum);
          last = call.at();
        }

        assertThat(numbers).hasSize(events);
        double seconds = (last - began) / 1e9;
        // Each node may begin with a tenth of a second's worth; either alone would take half as
        // long.
        assertThat(seconds).isGreaterThan((events - perSecond / 2.0) / perSecond);
        Waiting.until("all are logged", () -> webhooks.attempts(webhook, "id").size() == events);
        assertThat(webhooks.attempts(webhook, "attempt")).containsOnly("1");
      }
    }
  }

  @Test
  void allNodesTogetherKeepTheRateOfATenant() {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("webhooks").put("maxTenantRate", 10);
    WebhookTable webhooks = new WebhookTable(stores, "tenant-slow");
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      for (int i = 0; i < 3; i++) {
        long unused = webhooks.insert(receiver.url() + i, "retry_count = 0");
      }
      try (TestNode first = TestNode.start(config);
          TestNode second = TestNode.start(config)) {
        long began = System.nanoTime();
        for (int i = 0; i < 10; i++) {
          assertThat(publish(i % 2 == 0 ? first : second, "tenant-slow", i)).isEqualTo(3);
        }
        long last = began;
        for (int i = 0; i < 30; i++) {
          last = receiver.next().at();
        }

        assertThat((last - began) / 1e9).isGreaterThan(2.4);
      }
    }
  }

  @Test
  void backlogIsDeliveredInFullWhileNewEventsArrive() {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("webhooks").put("maxReadyPerWebhook", 20);
    WebhookTable webhooks = new WebhookTable(stores, "tenant-backlog");
    int perArray = 100;
    int arrays = 20;
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      long webhook = webhooks.insert(receiver.url(), "retry_count = 0");
      try (TestNode node = TestNode.start(config)) {
        for (int i = 0; i < arrays; i++) {
          publishMany(node, perArray, i * perArray);
        }

        Set<String> bodies = new HashSet<>();
        for (int i = 0; i < perArray * arrays; i++) {
          bodies.add(receiver.next().text());
        }
        assertThat(bodies).hasSize(perArray * arrays);
        Waiting.until("no delivery is pending", () -> webhooks.pending(webhook) == 0);
        assertThat(webhooks.attempts(webhook, "attempt || outcome")).containsOnly("1delivered");
      }
    }
  }

  private static void publishMany(TestNode node, int count, int from) {
    JsonArray events = new JsonArray();
    for (int i = 0; i < count; i++) {
      events.add(event("tenant-backlog", from + i));
    }
    assertThat(node.post("/api/v1/events", events.encode(), TestTokens.service()).statusCode())
        .isEqualTo(202);
  }

  private static int publish(TestNode node, String tenant, int number) {
    return node.publish(event(tenant, number)).getInteger("deliveries");
  }

  private static JsonObject event(String tenant, int number) {
    return new JsonObject()
        .put("tenant_id", tenant)
        .put("type", "call.incoming")
        .put("payload", new JsonObject().put("n", number));
  }
}
