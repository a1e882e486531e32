package dev.switchboard.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of a call whose node dies in the middle of it. */
class NodeKilledIT {
  @RegisterExtension static final Stores stores = new Stores();

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
