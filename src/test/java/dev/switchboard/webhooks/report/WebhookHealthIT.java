package dev.switchboard.webhooks.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.Secret;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.Database;
import dev.switchboard.support.Stores;
import dev.switchboard.support.Waiting;
import dev.switchboard.webhooks.WebhookTable;
import dev.switchboard.webhooks.call.Attempt;
import dev.switchboard.webhooks.call.Attempt.Result;
import dev.switchboard.webhooks.registry.Webhook;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Notices about a webhook's health while Postgres is slow to write. */
class WebhookHealthIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String TENANT = "tenant-health";
  private static final int FAILING = 5;
  private static final int ROUND_TRIPS = 50;

  private final List<String> notices = new CopyOnWriteArrayList<>();

  @Test
  void webhookWhoseFailuresAreBeingWrittenIsKnownToFail() throws SQLException {
    Vertx vertx = Vertx.vertx();
    Database database = new Database(vertx, stores.postgres().config());
    Webhook webhook = webhook();
    WebhookHealth health = health(database);
    try (Connection holder = stores.postgres().connect();
        Statement lock = holder.createStatement()) {
      holder.setAutoCommit(false);
      boolean unused = lock.execute("LOCK TABLE webhook_health IN EXCLUSIVE MODE");
      for (int i = 0; i < FAILING; i++) {
        health.attempted(webhook, new Attempt(Result.RETRY, 500, null, "http_5xx: 500", 1));
      }
      Future<Void> flushed = health.flush();
      Waiting.until("the failures wait to be written", WebhookHealthIT::waitsForTheTable);
      Future<Void> refreshed = health.refresh();
      await(roundTrips(database));
      holder.commit();
      await(flushed);
      await(refreshed);
      health.attempted(webhook, new Attempt(Result.DELIVERED, 200, null, null, 1));
      await(health.flush());
      assertThat(notices).containsExactly("webhook.failing", "webhook.recovered");
    } finally {
      await(database.close());
      await(vertx.close());
    }
  }

  private WebhookHealth health(Database database) {
    return new WebhookHealth(
        database,
        notice -> notices.add(notice.type().value()),
        Clock.systemUTC(),
        Duration.ofDays(5),
        new WebhookMeters(new SimpleMeterRegistry()));
  }

  private static Webhook webhook() {
    String url = "https://receiver.example/";
    return new Webhook(
        new WebhookTable(stores, TENANT).insert(url, "timeout = 30"),
        new TenantId(TENANT),
        url,
        List.of(EventPattern.ALL),
        Secret.NONE,
        true,
        3,
        Duration.ofSeconds(30));
  }

  private static boolean waitsForTheTable() {
    return stores
        .postgres()
        .value(
            "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted"
                + " AND relation = 'webhook_health'::regclass")
        .equals("t");
  }

  /** Time enough for a refresh that does not wait to be answered. */
  private static Future<?> roundTrips(Database database) {
    Future<?> answered = Future.succeededFuture();
    for (int i = 0; i < ROUND_TRIPS; i++) {
      answered = answered.compose(before -> database.query("SELECT 1"));
    }
    return answered;
  }

  private static void await(Future<?> future) {
    Object unused =
        future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }
}
