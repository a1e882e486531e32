package dev.switchboard.webhooks.registry;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.EncryptionConfig;
import dev.switchboard.config.Secret;
import dev.switchboard.postgres.Database;
import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.sealing.SecretSeal;
import dev.switchboard.support.ManualTasks;
import dev.switchboard.support.Stores;
import dev.switchboard.webhooks.WebhookTable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which rows of {@code webhooks} a node reads when some of them change. */
@SuppressWarnings("NullAway.Init")
class WebhookSetIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final int LARGE = 266;
  private static final int FILTER_BYTES = 250_000;

  private static Vertx vertx;
  private static Database database;

  private final ManualTasks rounds = new ManualTasks();
  private final WebhookTable small = new WebhookTable(stores, "tenant-small");
  private final List<Integer> pages = new CopyOnWriteArrayList<>();
  private final Context loop = vertx.getOrCreateContext();
  private final TableSnapshot<WebhookSet> snapshot =
      WebhookSet.snapshot(
          vertx,
          this::query,
          new SecretSeal(new EncryptionConfig(new Secret(""), false)),
          Duration.ofSeconds(1));

  @BeforeAll
  static void connect() {
    vertx = Vertx.vertx();
    database = new Database(vertx, stores.postgres().config());
  }

  @AfterAll
  static void close() {
    await(database.close());
    await(vertx.close());
  }

  @BeforeEach
  void insertLargeFilters() {
    stores
        .postgres()
        .execute(
            "INSERT INTO webhooks (tenant_id, name, url, filter) SELECT 'tenant-large', 'n',"
                + " 'https://example.com/', jsonb_build_object('a', repeat('x', "
                + FILTER_BYTES
                + ")) FROM generate_series(1, "
                + LARGE
                + ")");
  }

  @AfterEach
  void deleteWebhooks() {
    stores.postgres().execute("DELETE FROM webhooks");
  }

  private Future<RowSet<Row>> query(String sql, Tuple parameters) {
    return database
        .query(sql, parameters)
        .onSuccess(
            rows -> {
              if (sql.contains("ANY($1)")) {
                pages.add(rows.size());
              }
            });
  }

  @Test
  void onlyRowsThatChangedAreReadInBoundedPages() {
    long other = small.insert("https://example.com/", "retry_count = 0");
    start();
    assertThat(rowsRead()).isEqualTo(LARGE + 1);
    assertThat(pages).as("rows of a page of 1 MiB, or beyond the limit").hasSizeGreaterThan(8);

    assertThat(rowsReadAfter("UPDATE webhooks SET name = 'renamed' WHERE id = " + other)).isOne();
    assertThat(webhooks().find(other)).isPresent();
    assertThat(
            rowsReadAfter(
                "UPDATE webhooks SET name = 'renamed' WHERE id ="
                    + " (SELECT max(id) FROM webhooks WHERE tenant_id = 'tenant-large')"))
        .isOne();
    assertThat(rowsReadAfter("DELETE FROM webhooks WHERE id = " + other)).isZero();
    assertThat(webhooks().find(other)).isEmpty();
    assertThat(rowsReadAfter("SELECT 1")).isZero();
  }

  @Test
  void whatIsBeyondATenantsLimitIsNamedAndNotReadUntilThereIsRoom() {
    long other = small.insert("https://example.com/", "retry_count = 0");
    start();
    List<Long> ids =
        stores
            .postgres()
            .query("SELECT id FROM webhooks WHERE tenant_id = 'tenant-large' ORDER BY id")
            .stream()
            .map(row -> Long.valueOf(requireNonNull(row.get(0))))
            .toList();
    int within = (int) (WebhookRow.MAX_BYTES_PER_TENANT / FILTER_BYTES);
    assertThat(reason(ids.get(0))).contains("filter").doesNotContain("8388608");
    assertThat(reason(ids.get(within))).contains("8388608");
    assertThat(reason(ids.get(LARGE - 1))).contains("8388608");
    assertThat(reason(other)).isEqualTo("usable");

    int read = rowsReadAfter("DELETE FROM webhooks WHERE id = " + ids.get(0));

    assertThat(read).as("the first beyond the limit has room now").isOne();
    assertThat(reason(ids.get(within))).doesNotContain("8388608");
  }

  private String reason(long webhook) {
    RowFaults.State state = webhooks().find(webhook).orElseThrow().faults().state();
    return state instanceof RowFaults.Malformed malformed ? malformed.reason() : "usable";
  }

  private WebhookSet webhooks() {
    return requireNonNull(snapshot.state());
  }

  private int rowsReadAfter(String change) {
    pages.clear();
    stores.postgres().execute(change);
    Promise<Void> polled = Promise.promise();
    Future<Void> refreshed = snapshot.afterRefresh(Future.succeededFuture());
    loop.runOnContext(
        // Behind the request of afterRefresh, which runs on the same loop.
        now -> {
          boolean unused = rounds.ring();
          refreshed.onComplete(polled);
        });
    await(polled.future());
    return rowsRead();
  }

  private int rowsRead() {
    return pages.stream().mapToInt(Integer::intValue).sum();
  }

  private void start() {
    Promise<Void> started = Promise.promise();
    loop.runOnContext(now -> snapshot.start(rounds.tasks()).onComplete(started));
    await(started.future());
  }

  private static void await(Future<?> future) {
    Object unused =
        future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }
}
