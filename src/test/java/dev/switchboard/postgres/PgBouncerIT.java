package dev.switchboard.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.support.PgBouncer;
import dev.switchboard.support.Programs;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WebhookReceiver;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A node behind PgBouncer in transaction mode. */
@SuppressWarnings("NullAway.Init")
class PgBouncerIT {
  @RegisterExtension static final Stores stores = new Stores();

  @TempDir static Path directory;

  private static PgBouncer pooler;

  @BeforeAll
  static void start() {
    String program = Programs.installed().require("pgbouncer", "PgBouncerIT");
    pooler = PgBouncer.start(program, directory, stores.postgres().section());
  }

  @AfterAll
  static void stop() {
    if (pooler != null) {
      pooler.close();
    }
  }

  private static JsonObject throughThePooler() {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("postgres").put("host", "127.0.0.1").put("port", pooler.port());
    return config;
  }

  private static JsonObject withDirectAddress() {
    JsonObject server = stores.postgres().section();
    JsonObject config = throughThePooler();
    config
        .getJsonObject("postgres")
        .put("directHost", server.getString("host"))
        .put("directPort", server.getInteger("port"));
    return config;
  }

  @Test
  void manyEventsAreDeliveredThroughFewConnections() throws Exception {
    int events = 100;
    try (WebhookReceiver receiver = new WebhookReceiver();
        TestNode node = TestNode.start(withDirectAddress())) {
      JsonObject webhook =
          new JsonObject()
              .put("tenant_id", "pooled")
              .put("name", "mine")
              .put("url", receiver.url());
      assertThat(node.post("/api/v1/webhooks", webhook.encode(), TestTokens.service()).statusCode())
          .isEqualTo(201);

      for (int i = 0; i < events; i++) {
        JsonObject event = new JsonObject().put("tenant_id", "pooled").put("type", "call.ended");
        assertThat(node.publish(event.put("payload", i)).getInteger("deliveries")).isEqualTo(1);
      }
      Set<String> received = new HashSet<>();
      for (int i = 0; i < events; i++) {
        received.add(receiver.next().header("X-Webhook-Event-ID"));
      }

      assertThat(received).hasSize(events);
      assertThat(node.get("/api/v1/webhooks?tenant_id=pooled", TestTokens.service()).body())
          .contains(receiver.url());
    }
  }

  @Test
  void notificationsUseAConnectionOfTheirOwn() throws Exception {
    JsonObject config = withDirectAddress();
    try (TestNode node = TestNode.start(config)) {
      // PgBouncer closes its connections, but has none on which somebody listens.
      assertThat(
              stores
                  .postgres()
                  .value(
                      "SELECT count(DISTINCT client_port) FROM pg_stat_activity"
                          + " WHERE application_name = 'switchboard' AND query LIKE 'LISTEN%'"
                          + " AND datname = current_database()"))
          .isEqualTo("1");
    }
  }

  @Test
  void withoutADirectAddressTheNodeSaysWhatToSet() {
    assertThatThrownBy(() -> TestNode.start(throughThePooler()))
        .hasMessageContaining("is a connection pooler in transaction mode")
        .hasMessageContaining("set postgres.directHost and postgres.directPort");
  }
}
