package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A statement that waits for a lock in Postgres keeps no other event from being accepted. */
class BlockedStatementIT {
  private static final int OTHERS = 4;

  @RegisterExtension static final Stores stores = new Stores();

  @Test
  void eventsAreAcceptedBesideOneThatWaitsForALock() throws Exception {
    stores
        .postgres()
        .execute(
            "INSERT INTO webhooks (tenant_id, name, url, events)"
                + " VALUES ('shop', 'mine', 'http://127.0.0.1:9/', '[\"call.*\"]')");
    try (TestNode node = TestNode.start(stores);
        Connection holder = stores.postgres().connect();
        Statement statement = holder.createStatement()) {
      Waiting.until(
          "the webhook is owed calls",
          () -> node.publish(event("before")).getInteger("deliveries") == 1);
      holder.setAutoCommit(false);
      statement.execute(
          "INSERT INTO accepted_events (tenant_id, event_id, deliveries)"
              + " VALUES ('shop', 'blocked', 1)");
      CompletableFuture<Integer> blocked = publish(node, "blocked");
      Waiting.until("Postgres waits for the lock", () -> !lockWaits().equals("0"));

      List<CompletableFuture<Integer>> others =
          IntStream.range(0, OTHERS).mapToObj(i -> publish(node, "other-" + i)).toList();
      for (CompletableFuture<Integer> other : others) {
        assertThat(other.get(10, TimeUnit.SECONDS)).isEqualTo(202);
      }
      assertThat(blocked.isDone()).isFalse();

      holder.rollback();
      assertThat(blocked.get(10, TimeUnit.SECONDS)).isEqualTo(202);
    }
  }

  private static String lockWaits() {
    return stores
        .postgres()
        .value(
            "SELECT count(*) FROM pg_stat_activity"
                + " WHERE wait_event_type = 'Lock' AND datname = current_database()");
  }

  private static CompletableFuture<Integer> publish(TestNode node, String id) {
    return CompletableFuture.supplyAsync(
            () -> node.post("/api/v1/events", event(id).encode(), TestTokens.service()),
            task -> new Thread(task).start())
        .thenApply(HttpResponse::statusCode);
  }

  private static JsonObject event(String id) {
    return new JsonObject()
        .put("tenant_id", "shop")
        .put("type", "call.incoming")
        .put("event_id", id)
        .put("payload", id);
  }
}
