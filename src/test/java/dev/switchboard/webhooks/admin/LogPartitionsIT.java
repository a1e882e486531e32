package dev.switchboard.webhooks.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.auth.ApiKey;
import dev.switchboard.postgres.Database;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WebhookReceiver;
import dev.switchboard.webhooks.WebhookTable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every row of the log has a partition, at every time of day and with every clock. */
@SuppressWarnings("NullAway.Init")
class LogPartitionsIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String TENANT = "tenant-days";
  private static final int RETENTION = 30;
  private static final ApiKey KEY = ApiKey.generate();
  private static Vertx vertx;
  private static Database database;

  @BeforeAll
  static void connect() {
    vertx = Vertx.vertx();
    database = new Database(vertx, stores.postgres().config());
  }

  private static void insertKey() {
    stores
        .postgres()
        .execute(
            "INSERT INTO api_keys (name, key_hash, tenant_id, scopes) VALUES ('t', '\\x"
                + HexFormat.of().formatHex(KEY.hash())
                + "', NULL, '{events:write}') ON CONFLICT DO NOTHING");
  }

  @AfterAll
  static void close() throws Exception {
    await(database.close());
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void nodesThatStartTogetherMakeThePartitionsOnce() throws Exception {
    LocalDate day = LocalDate.of(2041, 5, 20);
    List<Vertx> nodes = IntStream.range(0, 6).mapToObj(i -> Vertx.vertx()).toList();
    List<Database> pools =
        nodes.stream().map(node -> new Database(node, stores.postgres().config())).toList();
    for (Database pool : pools) {
      Object unused = await(pool.query("SELECT 1"));
    }

    Object unused =
        await(
            Future.join(
                pools.stream()
                    .map(pool -> new LogPartitions(pool, RETENTION).maintain(day))
                    .toList()));

    assertThat(
            stores
                .postgres()
                .value("SELECT count(*) FROM pg_class WHERE relname LIKE 'webhook_logs_204105__'"))
        .isEqualTo("9");
    for (int i = 0; i < nodes.size(); i++) {
      await(pools.get(i).close());
      await(nodes.get(i).close());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"2031-12-31", "2032-02-28", "2032-02-29", "2033-03-31", "2034-10-28"})
  void firstAndLastMomentOfADayHaveAPartition(LocalDate day) throws Exception {
    LogPartitions partitions = new LogPartitions(database, RETENTION);

    Void unused = await(partitions.maintain(day));
    unused = await(partitions.maintain(day));

    assertThat(partitionOf(day + " 00:00:00Z")).isEqualTo(name(day));
    assertThat(partitionOf(day + " 23:59:59.999999Z")).isEqualTo(name(day));
    LocalDate next = day.plusDays(1);
    assertThat(partitionOf(next + " 00:00:00Z")).isEqualTo(name(next));

    unused = await(partitions.maintain(day.plusDays(RETENTION)));

    assertThat(exists(day)).isTrue();
    assertThat(exists(day.minusDays(1))).isFalse();

    unused = await(partitions.maintain(day.plusDays(RETENTION + 1)));

    assertThat(exists(day)).isFalse();
    assertThat(exists(next)).isTrue();
  }

  private static String name(LocalDate day) {
    return "webhook_logs_" + day.toString().replace("-", "");
  }

  private static boolean exists(LocalDate day) {
    return stores.postgres().value("SELECT to_regclass('" + name(day) + "')").equals(name(day));
  }

  private static String partitionOf(String moment) {
    return stores
        .postgres()
        .value(
            "INSERT INTO webhook_logs (webhook_id, event, created_at) VALUES (0, 'call.incoming', '"
                + moment
                + "') RETURNING tableoid::regclass");
  }

  @ParameterizedTest
  @ValueSource(longs = {90, -90})
  void nodeWithAWrongClockNeitherDropsLogsNorLacksAPartition(long daysOff) {
    WebhookTable webhooks = new WebhookTable(stores, TENANT);
    Clock wrong = Clock.offset(Clock.systemUTC(), Duration.ofDays(daysOff));
    String young;
    try (TestNode node = TestNode.start(stores)) {
      young = partitionOf("now");
    }
    try (WebhookReceiver receiver = new WebhookReceiver();
        TestNode node = TestNode.start(TestNode.config(stores), wrong)) {
      insertKey();
      long webhook = webhooks.insert(receiver.url(), "retry_count = 0");

      Waiting.until("the node knows the webhook", () -> publish(node) > 0);

      Waiting.until(
          "the attempt is logged", () -> !webhooks.attempts(webhook, "outcome").isEmpty());
      assertThat(webhooks.attempts(webhook, "outcome")).containsOnly("delivered");
      assertThat(stores.postgres().value("SELECT count(*) FROM " + young + " WHERE webhook_id = 0"))
          .isNotEqualTo("0");
      stores.postgres().execute("DELETE FROM webhooks");
    }
  }

  /** With an API key, because a node whose clock is behind accepts no token; 0 until it knows. */
  private static int publish(TestNode node) {
    JsonObject event =
        new JsonObject()
            .put("tenant_id", TENANT)
            .put("type", "call.incoming")
            .put("payload", new JsonObject());
    HttpResponse<String> accepted = node.post("/api/v1/events", event.encode(), KEY.reveal());
    return accepted.statusCode() == 202
        ? new JsonObject(accepted.body()).getInteger("deliveries")
        : 0;
  }
}
