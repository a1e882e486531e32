package dev.switchboard.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What connections keep of statements, whatever their length. */
@SuppressWarnings("NullAway.Init")
class PreparedStatementsIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final int RUNS = 12;

  private static Vertx vertx;
  private static Database database;

  @BeforeAll
  static void connect() {
    vertx = Vertx.vertx();
    database = new Database(vertx, stores.postgres().config());
  }

  @AfterAll
  static void close() throws Exception {
    boolean unused = await(database.close().map(true)) && await(vertx.close().map(true));
  }

  @Test
  void statementIsParsedOnceAndPlannedForEachRun() throws Exception {
    String longStatement = "SELECT $1::int + length('" + "x".repeat(4_000) + "') AS long_statement";

    for (int i = 0; i < RUNS; i++) {
      RowSet<Row> unused = await(database.query(longStatement, Tuple.of(i)));
    }

    Row kept =
        await(
                database.query(
                    "SELECT custom_plans, generic_plans FROM pg_prepared_statements"
                        + " WHERE statement LIKE '%AS long_statement'"))
            .iterator()
            .next();
    assertThat(kept.getLong("custom_plans")).isEqualTo(RUNS);
    assertThat(kept.getLong("generic_plans")).isZero();
  }

  /** Even to estimate one takes long where the smallest values of an index are of deleted rows. */
  @Test
  void mergeJoinsAreNotConsidered() throws Exception {
    Row setting =
        await(database.query("SELECT current_setting('enable_mergejoin') AS merge_join"))
            .iterator()
            .next();

    assertThat(setting.getString("merge_join")).isEqualTo("off");
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
