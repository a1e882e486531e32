package dev.switchboard.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.postgres.Migrations;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestPostgres;
import dev.switchboard.support.TestRedis;
import dev.switchboard.webhooks.CountingReceiver.Attempt;
import dev.switchboard.webhooks.CountingReceiver.Delivery;
import io.vertx.core.json.JsonObject;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every accepted event is delivered, whatever dies meanwhile: nodes killed at random moments, and
 * Postgres restarted. The seed, the number of deliveries and of kills can be set; {@code
 * scripts/chaos} does so.
 */
class NoDeliveryLostIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final int DELIVERIES = Integer.getInteger("switchboard.chaos.deliveries", 1_500);
  private static final int KILLS = Integer.getInteger("switchboard.chaos.kills", 1);
  private static final long SEED = Long.getLong("switchboard.chaos.seed", 20261124L);
  private static final int WEBHOOKS = 2;
  private static final Duration STANDSTILL = Duration.ofMinutes(2);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);
  private static final String OPTIONS =
      "timeout = 3, retry_schedule = '[0.1,0.1,0.2,0.2,0.5,0.5,1,1,1,1]'";

  @Test
  void killedNodesLoseNoDeliveryAndRepeatOnlyThoseInFlight() {
    Random random = new Random(SEED);
    JsonObject config = config(TestNode.config(stores));
    int events = DELIVERIES / WEBHOOKS;
    WebhookTable webhooks = new WebhookTable(stores, "tenant-chaos");
    long began = System.nanoTime();
    try (CountingReceiver receiver = new CountingReceiver(SEED)) {
      for (int i = 0; i < WEBHOOKS; i++) {
        long unused = webhooks.insert(receiver.url() + i, OPTIONS);
      }
      List<AtomicReference<@Nullable TestNode>> nodes =
          List.of(
              new AtomicReference<>(TestNode.startJar(config)),
              new AtomicReference<>(TestNode.startJar(config)));
      try (StubbornProducer producer = new StubbornProducer(nodes, "tenant-chaos", events)) {
        for (int kill = 1; kill <= KILLS; kill++) {
          int share = events / (KILLS + 1);
          int moment = share * kill - random.nextInt(share);
          awaitProgress("the moment of a kill", receiver, () -> producer.accepted() >= moment);
          killOne(nodes.get(random.nextInt(nodes.size())), kill < KILLS ? config : null);
        }

        awaitProgress(
            "all is delivered",
            receiver,
            () ->
                producer.accepted() == events
                    && receiver.delivered() == events * WEBHOOKS
                    && value("SELECT count(*) FROM webhook_deliveries").equals("0"));
        System.out.printf(
            "%,d deliveries, %d kills, seed %d: %,d delivered, %d repeated, %s attempts logged as"
                + " node_lost, %.0f s%n",
            events * WEBHOOKS,
            KILLS,
            SEED,
            receiver.delivered(),
            receiver.repeats(),
            value("SELECT count(*) FROM webhook_logs WHERE error LIKE 'node_lost:%'"),
            (System.nanoTime() - began) / 1e9);
        verify(receiver, logOf(stores.postgres().query(ATTEMPTS)));
      } finally {
        nodes.forEach(NoDeliveryLostIT::close);
      }
    }
  }

  private static JsonObject config(JsonObject config) {
    config.getJsonObject("webhooks").put("leaseMargin", "2s").put("breakerFailurePercent", 101);
    return config;
  }

  private static void killOne(
      AtomicReference<@Nullable TestNode> current, @Nullable JsonObject again) {
    close(current);
    if (again != null) {
      current.set(TestNode.startJar(again));
    }
  }

  private static void close(AtomicReference<@Nullable TestNode> current) {
    TestNode node = current.getAndSet(null);
    if (node != null) {
      node.kill();
    }
  }

  private static String value(String query) {
    return stores.postgres().value(query);
  }

  /** Waits as long as calls keep coming: a slow machine may need minutes. */
  private static void awaitProgress(String what, CountingReceiver receiver, BooleanSupplier done) {
    int calls = -1;
    long movedAt = System.nanoTime();
    while (!done.getAsBoolean()) {
      if (receiver.calls() != calls) {
        calls = receiver.calls();
        movedAt = System.nanoTime();
      }
      if (System.nanoTime() - movedAt > STANDSTILL.toNanos()) {
        throw new AssertionError("no call came for " + STANDSTILL + " before " + what);
      }
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
  }

  private static final String ATTEMPTS =
      "SELECT webhook_id, substr(event_id, 3), attempt, split_part(coalesce(error, 'none'), ':', 1),"
          + " outcome FROM webhook_logs";

  private static final Set<String> ANSWERED = Set.of("none", "http_5xx");

  /**
   * Rows of the log of one delivery.
   *
   * @param unknown attempts whose answer did not come: of a dead node, or too late
   */
  private record Logged(Set<Integer> numbers, int rows, int unknown, int delivered) {
    static final Logged NONE = new Logged(Set.of(), 0, 0, 0);

    Logged with(int number, String error, String outcome) {
      Set<Integer> more = new HashSet<>(numbers);
      more.add(number);
      return new Logged(
          more,
          rows + 1,
          unknown + (ANSWERED.contains(error) ? 0 : 1),
          delivered + (outcome.equals("delivered") ? 1 : 0));
    }
  }

  private static Map<Delivery, Logged> logOf(List<List<@Nullable String>> rows) {
    Map<Delivery, Logged> log = new HashMap<>();
    for (List<@Nullable String> row : rows) {
      Delivery delivery =
          new Delivery(Long.parseLong(row.get(0) + ""), Long.parseLong(row.get(1) + ""));
      Logged before = log.getOrDefault(delivery, Logged.NONE);
      log.put(
          delivery,
          before.with(Integer.parseInt(row.get(2) + ""), row.get(3) + "", row.get(4) + ""));
    }
    return log;
  }

  private static void verify(CountingReceiver receiver, Map<Delivery, Logged> log) {
    assertThat(log).hasSize(receiver.delivered());
    log.forEach(
        (delivery, logged) -> {
          assertThat(logged.delivered()).as("%s ended well, once", delivery).isOne();
          assertThat(logged.numbers()).as("numbers of %s", delivery).hasSize(logged.rows());
          for (int number = 1; number <= logged.rows(); number++) {
            assertThat(logged.numbers()).as("numbers of %s", delivery).contains(number);
          }
        });
    for (Attempt made : receiver.attempts()) {
      assertThat(log.getOrDefault(made.delivery(), Logged.NONE).numbers())
          .as("%s is logged", made)
          .contains(made.number());
    }
    receiver
        .repeated()
        .forEach(
            (delivery, times) ->
                assertThat(log.getOrDefault(delivery, Logged.NONE).unknown())
                    .as("calls of %s whose answer nobody got", delivery)
                    .isGreaterThanOrEqualTo(times - 1));
    assertThat(receiver.sameNumberTwice()).isZero();
  }

  @Test
  void restartOfPostgresLosesNoDelivery(@TempDir Path data) throws IOException, SQLException {
    int events = 300;
    int port = TestRedis.freePort();
    EmbeddedPostgres[] server = {start(data, port)};
    try (CountingReceiver receiver = new CountingReceiver(SEED)) {
      JsonObject config = config(TestNode.config(stores));
      config
          .getJsonObject("postgres")
          .put("mode", "server")
          .put("host", "127.0.0.1")
          .put("port", port)
          .put("user", "postgres")
          .put("password", "postgres")
          .put("database", "postgres");
      int applied = Migrations.apply(ConfigLoader.bind("test", config, name -> null).postgres());
      assertThat(applied).isPositive();
      try (Connection connection = server[0].getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement()) {
        boolean unused =
            statement.execute(
                "INSERT INTO webhooks (tenant_id, name, url, events) VALUES ('tenant-restart',"
                    + " 'mine', '"
                    + receiver.url()
                    + "', '[\"call.*\"]'); UPDATE webhooks SET "
                    + OPTIONS);
      }
      try (TestNode node = TestNode.start(config);
          StubbornProducer producer =
              new StubbornProducer(
                  List.of(new AtomicReference<>(node)), "tenant-restart", events)) {
        awaitProgress("some are accepted", receiver, () -> producer.accepted() >= events / 4);

        server[0].close();
        server[0] = start(data, port);

        awaitProgress(
            "all is delivered",
            receiver,
            () ->
                producer.accepted() == events
                    && receiver.delivered() == events
                    && first(server[0], "SELECT count(*) FROM webhook_deliveries").equals("0"));
        assertThat(
                first(
                    server[0],
                    "SELECT count(DISTINCT event_id) FROM webhook_logs WHERE outcome = 'delivered'"))
            .isEqualTo(events + "");
      }
    } finally {
      server[0].close();
    }
  }

  private static EmbeddedPostgres start(Path data, int port) throws IOException {
    return TestPostgres.embedded()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setPort(port)
        .start();
  }

  private static String first(EmbeddedPostgres server, String query) {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      return result.next() ? String.valueOf(result.getString(1)) : "";
    } catch (SQLException e) {
      throw new IllegalStateException(query, e);
    }
  }
}
