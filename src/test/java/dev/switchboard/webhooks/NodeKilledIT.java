package dev.switchboard.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of a call whose node dies in the middle of it. */
class NodeKilledIT {
  @RegisterExtension static final Stores stores = new Stores();

  @BeforeEach
  void emptyTheQueue() {
    stores
        .postgres()
        .execute("DELETE FROM webhook_deliveries; DELETE FROM webhooks; DELETE FROM webhook_logs");
  }

  @Test
  void attemptWhoseNodeDiedIsLoggedAsLostAndRepeatedByAnotherNode() {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("webhooks").put("leaseMargin", "500ms");
    AtomicInteger calls = new AtomicInteger();
    try (BadReceiver receiver =
            new BadReceiver(
                (socket, out) -> {
                  if (calls.getAndIncrement() > 0) {
                    BadReceiver.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                  }
                  BadReceiver.hang();
                });
        TestNode first = TestNode.startJar(config)) {
      stores
          .postgres()
          .execute(
              "INSERT INTO webhooks (tenant_id, name, url, events, timeout) VALUES ('tenant-123',"
                  + " 'mine', '"
                  + receiver.url()
                  + "', '[\"call.*\"]', 8)");
      Waiting.until("the call is in flight", () -> callIsInFlight(first, receiver));

      first.kill();

      try (TestNode second = TestNode.startJar(config)) {
        Waiting.until(
            "the other node made the call",
            () -> logged("count(*) FILTER (WHERE response_code = 200)").equals("1"));
        assertThat(second.output()).isNotEmpty();
        assertThat(logged("string_agg(attempt || ' ' || outcome, ', ' ORDER BY id)"))
            .isEqualTo("1 retrying, 2 delivered");
        assertThat(logged("min(error)")).startsWith("node_lost:");
        assertThat(stores.postgres().value("SELECT count(*) FROM webhook_deliveries"))
            .isEqualTo("0");
      }
    }
  }

  /** A receiver that hangs fills the workers; what waits behind it was claimed and never called. */
  @Test
  void onlyDeliveriesWhoseCallHadBegunAreLoggedAsLost() {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("webhooks").put("leaseMargin", "500ms").put("workers", 4);
    String tenant = "tenant-never-called";
    String rows = " FROM webhook_logs WHERE tenant_id = '" + tenant + "'";
    try (BadReceiver receiver = new BadReceiver((socket, out) -> BadReceiver.hang());
        TestNode first = TestNode.startJar(config)) {
      stores
          .postgres()
          .execute(
              "INSERT INTO webhooks (tenant_id, name, url, events, timeout) VALUES ('"
                  + tenant
                  + "', 'hangs', '"
                  + receiver.url()
                  + "', '[\"call.*\"]', 8)");
      Waiting.until(
          "the webhook is known", () -> publishCall(first, tenant).getInteger("deliveries") == 1);
      for (int i = 0; i < 30; i++) {
        JsonObject unused = publishCall(first, tenant);
      }
      Waiting.until("calls are in flight", () -> receiver.calls() > 0);
      Waiting.until(
          "every call in flight is marked",
          () -> Integer.parseInt(called(tenant)) >= receiver.calls());
      int calls = receiver.calls();

      first.kill();
      String unused =
          stores
              .postgres()
              .value(
                  "WITH expired AS (UPDATE webhook_deliveries SET lease_until = now() - interval"
                      + " '1 minute' WHERE claim_token IS NOT NULL RETURNING 1)"
                      + " SELECT count(*) FROM expired");
      stores.postgres().execute("UPDATE webhooks SET is_active = false");

      try (TestNode second = TestNode.startJar(config)) {
        Waiting.until(
            "nothing is claimed any more",
            () ->
                stores
                    .postgres()
                    .value("SELECT count(*) FROM webhook_deliveries WHERE claim_token IS NOT NULL")
                    .equals("0"));
        assertThat(second.output()).isNotEmpty();
      }
      assertThat(stores.postgres().value("SELECT count(*)" + rows)).isEqualTo("" + calls);
      assertThat(stores.postgres().value("SELECT min(error)" + rows)).startsWith("node_lost:");
      assertThat(
              stores
                  .postgres()
                  .value(
                      "SELECT count(*) FROM webhook_deliveries WHERE state = 'waiting' AND attempt ="
                          + " 0"))
          .isEqualTo("" + (owed(tenant) - calls));
    }
  }

  private static int owed(String tenant) {
    return Integer.parseInt(
        stores
            .postgres()
            .value("SELECT count(*) FROM accepted_events WHERE tenant_id = '" + tenant + "'"));
  }

  private static String called(String tenant) {
    return stores
        .postgres()
        .value(
            "SELECT count(*) FROM webhook_deliveries WHERE called AND claim_token IS NOT NULL AND"
                + " tenant_id = '"
                + tenant
                + "'");
  }

  private static JsonObject publishCall(TestNode node, String tenant) {
    return node.publish(
        new JsonObject()
            .put("tenant_id", tenant)
            .put("type", "call.incoming")
            .put("payload", new JsonObject()));
  }

  /** Publishes until an event has a delivery, which is then the only one. */
  private static boolean callIsInFlight(TestNode node, BadReceiver receiver) {
    if (stores.postgres().value("SELECT count(*) FROM webhook_deliveries").equals("0")) {
      JsonObject unused =
          node.publish(
              new JsonObject()
                  .put("tenant_id", "tenant-123")
                  .put("type", "call.incoming")
                  .put("payload", new JsonObject()));
    }
    return receiver.calls() == 1;
  }

  private static String logged(String expression) {
    return stores.postgres().value("SELECT " + expression + " FROM webhook_logs");
  }
}
