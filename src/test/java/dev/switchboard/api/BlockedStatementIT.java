package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Scrape;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What happens to other events while a statement that stores one waits for a lock in Postgres. */
class BlockedStatementIT {
  private static final int OTHERS = 4;

  @RegisterExtension static final Stores stores = new Stores();

  @Test
  void eventsAreAcceptedBesideOneThatWaitsForALock() throws Exception {
    registerWebhook();
    try (TestNode node = TestNode.start(stores);
        Connection holder = stores.postgres().connect()) {
      awaitWebhook(node);
      lock(holder, "blocked");
      CompletableFuture<Integer> blocked = publish(node, "blocked");
      awaitBlockedStatements(1);

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

  /**
   * On one event loop, which has two statements in flight at most, so that one statement stores
   * what comes meanwhile.
   */
  @Test
  void eventThatComesTwiceAtOnceIsDeliveredOnce() throws Exception {
    registerWebhook();
    try (TestNode node =
            TestNode.startJar(TestNode.config(stores), Map.of(), "-XX:ActiveProcessorCount=1");
        Connection holder = stores.postgres().connect()) {
      awaitWebhook(node);
      List<CompletableFuture<Integer>> answers = new ArrayList<>();
      for (int blocked = 1; blocked <= 2; blocked++) {
        lock(holder, "blocked-" + blocked);
        answers.add(publish(node, "blocked-" + blocked));
        awaitBlockedStatements(blocked);
      }

      answers.add(publish(node, "twice"));
      answers.add(publish(node, "twice"));
      Waiting.until("both wait", () -> Scrape.of(node).sum("switchboard_events_in_flight") == 4);
      holder.rollback();

      for (CompletableFuture<Integer> answer : answers) {
        assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(202);
      }
      Waiting.until(
          "it is delivered", () -> count("webhook_deliveries", "event_id = 'twice'").equals("0"));
      assertThat(count("webhook_logs", "event_id = 'twice'")).isEqualTo("1");
    }
  }

  /** Its receiver does not answer: each delivery ends with its first attempt. */
  private static void registerWebhook() {
    stores
        .postgres()
        .execute(
            "DELETE FROM webhooks; INSERT INTO webhooks (tenant_id, name, url, events, retry_count)"
                + " VALUES ('shop', 'mine', 'http://127.0.0.1:9/', '[\"call.*\"]', 0)");
  }

  private static void awaitWebhook(TestNode node) {
    Waiting.until(
        "the webhook is owed calls",
        () -> node.publish(event("before-" + UUID.randomUUID())).getInteger("deliveries") == 1);
  }

  /** Keeps that event from being stored until {@code holder} rolls back. */
  private static void lock(Connection holder, String event) throws SQLException {
    holder.setAutoCommit(false);
    try (Statement statement = holder.createStatement()) {
      statement.execute(
          "INSERT INTO accepted_events (tenant_id, event_id, deliveries)"
              + " VALUES ('shop', '"
              + event
              + "', 1)");
    }
  }

  private static void awaitBlockedStatements(int number) {
    Waiting.until(
        "Postgres waits for the lock",
        () ->
            count("pg_stat_activity", "wait_event_type = 'Lock' AND datname = current_database()")
                .equals(Integer.toString(number)));
  }

  private static String count(String table, String condition) {
    return stores.postgres().value("SELECT count(*) FROM " + table + " WHERE " + condition);
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
